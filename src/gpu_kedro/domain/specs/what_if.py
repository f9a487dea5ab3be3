"""A specification sheet moved up and down, with what depends on the moved field in proportion."""

from collections.abc import Mapping
from typing import Any

#: A field that people turn, and those that follow it in proportion.
LEVERS: dict[str, tuple[str, ...]] = {
    "shading_units": ("tmus", "tensor_cores", "rt_cores", "fp32_gflops", "fp64_gflops", "texture_rate_gtexel_s"),
    "boost_clock_mhz": (
        "base_clock_mhz",
        "fp32_gflops",
        "fp64_gflops",
        "texture_rate_gtexel_s",
        "pixel_rate_gpixel_s",
    ),
    "memory_bandwidth_gb_s": ("memory_clock_mhz",),
    "tdp_w": (),
}


def move_sheet(sheet: Mapping[str, Any], percents: Mapping[str, float]) -> dict[str, Any]:
    """A sheet with its levers at so many percent of its own values, and what depends on them in proportion.

    What is not known stays so.
    """
    moved = dict(sheet)
    for lever, percent in percents.items():
        for field in (lever, *LEVERS[lever]):
            if isinstance(moved.get(field), int | float):
                moved[field] = moved[field] * percent / 100
    return moved
