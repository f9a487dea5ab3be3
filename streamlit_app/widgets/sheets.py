"""The specification sheet of a GPU, folded: its line tells the gist, opened it tells all."""

from collections.abc import Mapping
from typing import Any

from streamlit_app.widgets.inputs import title_spec
from streamlit_app.widgets.marks import draw_shape
from streamlit_app.widgets.wording import escape_html

_GROUPS: dict[str, tuple[str, ...]] = {
    "Chip": (
        "chip", "architecture", "generation", "release_year", "process_nm", "transistor_count_m", "die_size_mm2",
    ),
    "Units": ("shading_units", "tmus", "rops", "tensor_cores", "rt_cores", "l2_cache_mb"),
    "Clocks and rates": (
        "base_clock_mhz", "boost_clock_mhz", "fp32_gflops", "fp64_gflops", "pixel_rate_gpixel_s",
        "texture_rate_gtexel_s",
    ),
    "Memory": ("memory_size_gb", "memory_type", "memory_bus_bits", "memory_clock_mhz", "memory_bandwidth_gb_s"),
    "Board": ("tdp_w", "bus_interface", "slot_width", "directx_major", "manufacturer"),
}  # fmt: skip


def draw_sheet(card: Mapping[str, Any]) -> str:
    """The matched sheet of a card; nothing where none is known."""
    specs = {field: value for field, value in card["specs"].items() if value is not None}
    if not specs:
        return ""
    groups = "".join(_draw_group(title, fields, specs, card["field_sources"]) for title, fields in _GROUPS.items())
    return (
        f'<details class="gk gk-sheet"><summary>Specification sheet: {escape_html(_write_gist(specs))}</summary>'
        f'<div class="gk-groups">{groups}</div></details>'
    )


def _write_gist(specs: Mapping[str, Any]) -> str:
    memory = [_write_value("memory_size_gb", specs["memory_size_gb"]) + " GB"] if "memory_size_gb" in specs else []
    memory += [specs["memory_type"]] if "memory_type" in specs else []
    parts = [specs.get("chip"), specs.get("architecture"), " ".join(memory)]
    if "release_year" in specs:
        parts.append(_write_value("release_year", specs["release_year"]))
    return " · ".join(str(part) for part in parts if part)


def _draw_group(title: str, fields: tuple[str, ...], specs: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    lines = "".join(
        f"<div><dt>{escape_html(title_spec(field))}</dt><dd>{draw_shape('listed')}"
        f"{escape_html(_write_value(field, specs[field]))}{_tell_derived(sources.get(field))}</dd></div>"
        for field in fields
        if field in specs
    )
    return f'<div><div class="gk-title">{title}</div><dl>{lines}</dl></div>' if lines else ""


def _tell_derived(source: str | None) -> str:
    return ' <span class="gk-muted">(worked out from its processor)</span>' if source == "derived" else ""


def _write_value(field: str, value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:.0f}" if field == "release_year" else f"{value:,.6g}"
