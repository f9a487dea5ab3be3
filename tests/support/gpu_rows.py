"""Rows of the primary table for tests of the analysis."""

from typing import Any

import pandas as pd

_DEFAULTS: dict[str, Any] = {
    "gpu_id": None,
    "name": None,
    "segment": None,
    "chip_group": None,
    "vendor": "nvidia",
    "series": "geforce gtx",
    "model": None,
    "number": float("nan"),
    "generation": float("nan"),
    "tier": float("nan"),
    "suffix": None,
    "memory_gb": float("nan"),
    "kind": "discrete",
    "is_mobile": False,
    "is_max_q": False,
    "is_workstation": False,
    "is_strict": True,
    "spec_name": None,
    "spec_manufacturer": "NVIDIA",
    "spec_generation": "GeForce 10",
    "spec_architecture": "Pascal",
    "spec_release_year": 2016.0,
    "spec_tdp_w": float("nan"),
    "spec_memory_size_gb": 8.0,
    "spec_fp32_gflops": float("nan"),
    "g3d_mark": 1000.0,
    "g2d_mark": 500.0,
    "price_usd": float("nan"),
    "tdp_w": float("nan"),
    "test_year": 2017.0,
}


def make_gpus(*rows: dict[str, Any]) -> pd.DataFrame:
    """A primary table; what a row leaves out is that of an ordinary card with a chip group of its own."""
    filled = []
    for place, row in enumerate(rows):
        own = {
            "gpu_id": f"gpu-{place}",
            "name": f"GPU {place}",
            "chip_group": f"chip {place}",
            "spec_name": f"S{place}",
        }
        filled.append(_DEFAULTS | own | row)
    return pd.DataFrame(filled)
