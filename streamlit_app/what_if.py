"""A specification sheet moved up and down: what the models make of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from streamlit_app.backend import Record

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
LOWEST, HIGHEST = 30, 300
_POINTS = 28


def move_sheet(sheet: Mapping[str, Any], percents: Mapping[str, float]) -> dict[str, Any]:
    """A sheet with its levers at so many percent, and what depends on them in proportion.

    Args:
        sheet: fields of a specification sheet; what is not known stays so.
        percents: lever → percent of the sheet's own value.
    """
    moved = dict(sheet)
    for lever, percent in percents.items():
        for field in (lever, *LEVERS[lever]):
            if isinstance(moved.get(field), int | float):
                moved[field] = moved[field] * percent / 100
    return moved


def sweep_sheet(
    name: str | None, sheet: Mapping[str, Any], percents: Mapping[str, float], lever: str
) -> tuple[list[float], dict[str, list[Any]]]:
    """Columns of queries along one lever, the others as they are set.

    Returns:
        values of the lever, and columns as the batch route takes them.
    """
    steps = np.geomspace(LOWEST, HIGHEST, _POINTS).tolist()
    sheets = [move_sheet(sheet, {**percents, lever: step}) for step in steps]
    columns: dict[str, list[Any]] = {
        f"spec_{field}": [one[field] for one in sheets] for field, value in sheet.items() if value is not None
    }
    if name is not None:
        columns["name"] = [name] * len(sheets)
    return [one[lever] for one in sheets], columns


def merge_sheet(card: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet that an answer rests on: what was given, and the matched one for the rest."""
    known = {field: value for field, value in card["specs"].items() if value is not None}
    return {**known, **given}
