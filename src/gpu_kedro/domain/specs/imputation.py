"""Completes a partial specification sheet of a GPU that nobody knows, from the most similar known sheets.

Rates follow from unit counts and clocks by definition; what does not follow is the median of the nearest sheets.
Without this a model would take every missing figure for that of an average card of 2013.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

import numpy as np

from gpu_kedro.domain.specs.sheets import NUMERIC_SPEC_FIELDS, TEXT_SPEC_FIELDS

#: Sheets that a missing figure is taken from.
NEIGHBOURS = 7
#: A year counts as much as a factor of 1.35 in any other figure: about what a year of progress brought.
_LOG_PER_YEAR = 0.3
_YEAR = NUMERIC_SPEC_FIELDS.index("release_year")
_FIRST_YEAR = 2006
_TEXTS = tuple(field for field in TEXT_SPEC_FIELDS if field not in ("chip", "generation"))
#: A sheet of another maker, architecture or memory type counts as this much further away.
_OTHER_TEXT = 0.5


class SheetCompleter:
    """Knows the specification table as numbers.

    Args:
        rows: the specification table, None or NaN where a figure is not known.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = [row for row in rows if (row.get("release_year") or 0) >= _FIRST_YEAR]
        self._matrix = np.array([_to_logs(row) for row in self._rows]).reshape(len(self._rows), -1)

    def complete(self, specs: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Fill a sheet; what is given stays.

        Args:
            specs: fields of `gpu_kedro.domain.specs.sheets`, at least one of them known.

        Returns:
            The filled sheet, and the names of the fields that were estimated from similar sheets.
        """
        given = {field: value for field, value in specs.items() if value is not None}
        filled = _derive(given)
        asked = np.array(_to_logs(filled))
        known = ~np.isnan(asked)
        if not known.any() or not self._rows:
            return filled, ()
        gaps = np.abs(self._matrix[:, known] - asked[known])
        # a figure that a sheet lacks is neither near nor far: it counts as the mean distance of that figure
        means = np.nanmean(np.where(np.isnan(gaps).all(axis=0), 0.0, gaps), axis=0)
        distances = np.where(np.isnan(gaps), means, gaps).mean(axis=1)
        for field in _TEXTS:
            if field in filled:
                distances += [_OTHER_TEXT * (row.get(field) != filled[field]) for row in self._rows]
        nearest = np.argsort(distances, kind="stable")[:NEIGHBOURS]
        estimated = []
        for place, field in enumerate(NUMERIC_SPEC_FIELDS):
            values = self._matrix[nearest, place]
            if field not in filled and not np.isnan(values).all():
                filled[field] = _from_log(float(np.nanmedian(values)), place)
                estimated.append(field)
        for field in _TEXTS:
            value = self._rows[nearest[0]].get(field)
            if field not in filled and value is not None:
                filled[field] = value
                estimated.append(field)
        # rates of estimated units follow from the given clocks again
        units = {field: value for field, value in filled.items() if field in given or field not in _RATES}
        return {**filled, **_derive(units)}, tuple(estimated)


_RATES = ("fp32_gflops", "pixel_rate_gpixel_s", "texture_rate_gtexel_s")


def _derive(specs: Mapping[str, Any]) -> dict[str, Any]:
    """Add the rates that follow from units and clock: 2 operations a shader, 1 pixel a ROP, 1 texel a TMU."""
    filled = dict(specs)
    clock = filled.get("boost_clock_mhz")
    for rate, units, per_clock in zip(_RATES, ("shading_units", "rops", "tmus"), (2, 1, 1), strict=True):
        if clock is not None and filled.get(units) is not None:
            figure = per_clock * filled[units] * clock / 1000
            if isfinite(figure):
                filled.setdefault(rate, figure)
    return filled


def _to_logs(row: Mapping[str, Any]) -> list[float]:
    logs = []
    for place, field in enumerate(NUMERIC_SPEC_FIELDS):
        value = row.get(field)
        if value is None or value != value or (place != _YEAR and value <= 0):
            logs.append(float("nan"))
        else:
            logs.append(_LOG_PER_YEAR * value if place == _YEAR else float(np.log(value)))
    return logs


def _from_log(value: float, place: int) -> float:
    return round(value / _LOG_PER_YEAR) if place == _YEAR else float(np.exp(value))
