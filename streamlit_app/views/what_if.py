"""A specification sheet swept along one lever, as queries."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gpu_kedro.domain.specs.what_if import move_sheet
from streamlit_app.backends.base import Record

LOWEST, HIGHEST = 30, 300
_POINTS = 28


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
