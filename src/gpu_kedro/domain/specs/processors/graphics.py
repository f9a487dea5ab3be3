"""The graphics of a processor: its row, and what its compute units say."""

from typing import Any

from gpu_kedro.domain.names.parser import ParsedName
from gpu_kedro.domain.specs.processors.apus import (
    A_SERIES,
    A_SERIES_ROWS,
    RYZEN_EDITIONS,
    RYZEN_NAMED_GRAPHICS,
    RYZEN_VEGA,
    SHADING_UNITS_PER_COMPUTE_UNIT,
    TMUS_PER_COMPUTE_UNIT,
    ProcessorGraphics,
)
from gpu_kedro.domain.specs.rows import SpecRow
from gpu_kedro.domain.specs.spec_table import SpecTable

_FIRST_RENOIR_YEAR = 2020  # from then on the graphics carry no Vega number


def find_processor_graphics(table: SpecTable, parsed: ParsedName) -> tuple[SpecRow, str] | None:
    """The row of an APU that is named by its processor."""
    if parsed.series != "ryzen apu":
        desktop, mobile = A_SERIES_ROWS.get(parsed.series or "radeon", A_SERIES_ROWS["radeon"])
        row = table.by_name.get(mobile if parsed.is_mobile else desktop)
        return (row, "a_series_apu") if row else None
    model = RYZEN_EDITIONS.get(parsed.cpu_model or "", parsed.model or "")
    named = table.by_name.get(RYZEN_NAMED_GRAPHICS.get(model, ""))
    if named is not None:
        return named, "rebrand"
    graphics = RYZEN_VEGA.get(model)
    if graphics is None:
        return None
    units = graphics.compute_units * SHADING_UNITS_PER_COMPUTE_UNIT
    form = " Mobile" if parsed.is_mobile else ""
    vega = f"Radeon Vega {graphics.compute_units}{form}"
    later = f"Radeon Graphics {units}SP{form}"
    order = (vega, later) if graphics.release_year < _FIRST_RENOIR_YEAR else (later, vega)
    rows = (table.by_name.get(spec_name) for spec_name in (*order, f"Radeon Vega 8{form}"))
    found = next((row for row in rows if row is not None), None)
    return (found, "apu_compute_units") if found else None


def find_class(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """The row of "Radeon R5 Graphics", an APU's class without its processor."""
    if parsed.model is not None or parsed.series not in A_SERIES_ROWS or parsed.series == "radeon":
        return None
    return table.by_name.get(A_SERIES_ROWS[parsed.series][1 if parsed.is_mobile else 0])


def derive_values(parsed: ParsedName) -> dict[str, Any]:
    """Work out an APU's graphics from its compute units: 64 shading units and 4 texture units each, 2 FLOP a clock."""
    graphics = _look_up_processor(parsed)
    units = parsed.compute_cores or (graphics.compute_units if graphics else None)
    if units is None:
        return {}
    shading_units = float(units * SHADING_UNITS_PER_COMPUTE_UNIT)
    values: dict[str, Any] = {"shading_units": shading_units, "tmus": float(units * TMUS_PER_COMPUTE_UNIT), "rops": 8.0}
    if graphics is not None:
        values["release_year"] = float(graphics.release_year)
        if graphics.boost_clock_mhz is not None:
            clock = float(graphics.boost_clock_mhz)
            values["boost_clock_mhz"] = clock
            values["fp32_gflops"] = shading_units * 2 * clock / 1000
            values["texture_rate_gtexel_s"] = values["tmus"] * clock / 1000
            values["pixel_rate_gpixel_s"] = values["rops"] * clock / 1000
    return values


def _look_up_processor(parsed: ParsedName) -> ProcessorGraphics | None:
    if parsed.series == "ryzen apu":
        return RYZEN_VEGA.get(RYZEN_EDITIONS.get(parsed.cpu_model or "", parsed.model or ""))
    return A_SERIES.get(parsed.model or "")
