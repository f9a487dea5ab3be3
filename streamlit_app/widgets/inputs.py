"""Inputs of the pages; each keeps its value in the address, so that an answer can be shared."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gpu_kedro.contracts.v1.fields import MAX_NAME
from gpu_kedro.contracts.v1.queries import GpuSpecs
from streamlit_app.backends.cached import Asker
from streamlit_app.widgets.amounts import Amounts, describe_field
from streamlit_app.widgets.wording import start_sentence

_KNOWN = {
    "price_usd": "Price ($)",
    "tdp_w": "Power (W)",
    "g3d_mark": "3D mark (points)",
    "g2d_mark": "2D mark (points)",
    "test_year": "Year of the test",
}
#: The unit of a field is the end of its name.
_UNITS = {
    "nm": "nm", "m": "millions", "mm2": "mm²", "mhz": "MHz", "mb": "MB", "gb": "GB", "bits": "bits", "s": "",
    "gflops": "GFLOP/s", "w": "W",
}  # fmt: skip
_SPEC_TITLES = {
    "die_size_mm2": "Die size (mm²)",
    "memory_bandwidth_gb_s": "Memory bandwidth (GB/s)",
    "pixel_rate_gpixel_s": "Pixel rate (Gpixel/s)",
    "texture_rate_gtexel_s": "Texture rate (Gtexel/s)",
    "fp32_gflops": "FP32 speed (GFLOP/s)",
    "fp64_gflops": "FP64 speed (GFLOP/s)",
    "tdp_w": "Power, TDP (W)",
    "tmus": "Texture units (TMUs)",
    "rops": "Render outputs (ROPs)",
    "rt_cores": "Ray-tracing cores",
    "l2_cache_mb": "Level-2 cache (MB)",
    "directx_major": "DirectX version",
    "bus_interface": "Host interface",
    "is_mobile": "Made for laptops",
}


def choose_gpu(asker: Asker, label: str, key: str) -> str | None:
    """A search box that completes the known names and takes any other; None while it is empty."""
    name = st.selectbox(
        label,
        asker.known_names(),
        index=None,
        key=key,
        placeholder="Type a name, e.g. rtx 4070 laptop, or paste a renderer string",
        accept_new_options=True,
        bind="query-params",
    )
    return clean_name(name)


def clean_name(name: str | None) -> str | None:
    """A name as the service takes it: on one line and not too long; None where nothing is left."""
    flat = " ".join((name or "").split())[:MAX_NAME]
    return flat or None


def enter_known_figures(amounts: Amounts) -> dict[str, float]:
    """Fields that people may know of a card; only those that are filled in."""
    columns = zip(st.columns(len(_KNOWN)), _KNOWN.items(), strict=True)
    entered = {field: amounts.enter(column, field, title, field) for column, (field, title) in columns}
    return {field: value for field, value in entered.items() if value is not None}


def enter_sheet(amounts: Amounts) -> dict[str, Any]:
    """A specification sheet, field by field with units and bounds; only those that are filled in."""
    columns = st.columns(3)
    fields = enumerate(GpuSpecs.model_fields)
    entered = {field: _enter_field(columns[place % 3], amounts, field) for place, field in fields}
    return {field: value for field, value in entered.items() if value is not None}


def _enter_field(column: DeltaGenerator, amounts: Amounts, field: str) -> Any:
    key, title, about = f"spec_{field}", title_spec(field), describe_field(GpuSpecs, field)
    if about["type"] == "boolean":
        chosen = column.selectbox(
            title, ["yes", "no"], index=None, key=key, placeholder="not known", bind="query-params"
        )
        return None if chosen is None else chosen == "yes"
    if about["type"] == "string":
        text = column.text_input(
            title, key=key, max_chars=about["maxLength"], placeholder=f"e.g. {about['example']}", bind="query-params"
        )
        return " ".join((text or "").split()) or None
    return amounts.enter(column, key, title, field, of=GpuSpecs)


def title_spec(field: str) -> str:
    """A field of a sheet in words with its unit, `boost_clock_mhz` → "Boost clock (MHz)"."""
    if field in _SPEC_TITLES:
        return _SPEC_TITLES[field]
    words = field.split("_")
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    text = " ".join(words[:-1] if unit else words)
    return f"{start_sentence(text)}{f' ({unit})' if unit else ''}"


#: Parameters of the address that tell more of a card than its name.
FIELDS = frozenset({*_KNOWN, *(f"spec_{field}" for field in GpuSpecs.model_fields)})
