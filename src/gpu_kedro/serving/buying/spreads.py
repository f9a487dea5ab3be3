"""Figures with their uncertainty, as distributions that can be compared.

Both intervals and the middle of an answer are five quantiles of its logarithm; between and beyond them the logarithm
is piecewise linear in the standard normal score. A figure that is known (measured, given, listed) has no spread.

Errors of different GPUs count as independent. In cross-validation they are: standardised errors of the G3D Mark
correlate by 0.03 among GPUs of one chip and by 0.00 within an architecture, those of the price by -0.01. Of GPUs newer
than the training they correlate by 0.1 to 0.2 within an architecture (temporal split), so that differences between two
such cards are a little surer than is said here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
_NORMAL = NormalDist()
#: The normal distribution as a table, exact to 1e-6: the image of the service has no SciPy.
_TABLE_SCORES = np.linspace(-8, 8, 4001)
_TABLE = np.array([_NORMAL.cdf(score) for score in _TABLE_SCORES])
#: Standard normal scores of the ends of both intervals and of the middle.
_SCORES = np.array([_NORMAL.inv_cdf(share) for share in (0.05, 0.10, 0.50, 0.90, 0.95)])
#: Equally likely values that stand for a distribution where two are compared.
_POINTS = 201
_GRID = np.array([_NORMAL.inv_cdf((point + 0.5) / _POINTS) for point in range(_POINTS)])
_KNOWN = ("measured", "given", "listed")
_NARROWEST = 1e-9
_DRAWS, _BLOCK, _SEED = 2000, 500, 0


@dataclass(frozen=True, eq=False)
class Spreads:
    """Distributions of n positive figures.

    Args:
        logs: (n, 5) logarithms at 5 %, 10 %, 50 %, 90 % and 95 %, rising; all equal for a known figure.
    """

    logs: Vector

    @classmethod
    def of_figures(cls, figures: Sequence[Mapping[str, Any]]) -> "Spreads":
        """Answers with a value (`contracts.Figure`, or a price at a market, which is never exact)."""
        return cls.of_columns(
            [one["value"] for one in figures],
            [[one[f"interval_{percent}"] for percent in (80, 90)] for one in figures],
            [one["source"] in _KNOWN and "as_of" not in one for one in figures],
        )

    @classmethod
    def of_columns(cls, values: Any, intervals: Any, is_known: Any) -> "Spreads":
        """The same from values, their `[interval_80, interval_90]` (None where known), and which are known."""
        rows = [
            [value] * 5 if known else [ends[1][0], ends[0][0], value, ends[0][1], ends[1][1]]
            for value, ends, known in zip(values, intervals, is_known, strict=True)
        ]
        logs = np.log(np.array(rows, dtype=float).reshape(-1, 5))
        return cls(np.maximum.accumulate(logs, axis=1))

    def at_scores(self, scores: Vector) -> Vector:
        """(n, m) logarithms at m standard normal scores."""
        segment = np.clip(np.searchsorted(_SCORES, scores) - 1, 0, 3)
        slopes = np.diff(self.logs, axis=1) / np.diff(_SCORES)
        told: Vector = self.logs[:, segment] + slopes[:, segment] * (scores - _SCORES[segment])
        return told

    def chance_at_least(self, log: float) -> Vector:
        """(n,) probability that each figure reaches a value, given as its logarithm."""
        widths = np.maximum(np.diff(self.logs, axis=1), _NARROWEST)
        segment = np.clip((self.logs[:, 1:4] < log).sum(axis=1), 0, 3)
        rows = np.arange(len(self.logs))
        share = (log - self.logs[rows, segment]) / widths[rows, segment]
        scores = _SCORES[segment] + share * np.diff(_SCORES)[segment]
        is_exact = self.logs[:, 0] == self.logs[:, 4]
        chances: Vector = np.where(is_exact, self.logs[:, 2] >= log, np.interp(-scores, _TABLE_SCORES, _TABLE))
        return chances

    def chance_above(self, other: "Spreads") -> Vector:
        """(n,) probability that each figure is at least another one (of which `other` holds one)."""
        chances: Vector = np.mean([self.chance_at_least(log) for log in other.distinct()], axis=0)
        return chances

    def distinct(self) -> Vector:
        """Equally likely logarithms that stand for the first figure; one alone where it is known."""
        if self.logs[0, 0] == self.logs[0, 4]:
            return self.logs[0, 2:3]
        points: Vector = self.at_scores(_GRID)[0]
        return points


def compare(first: Spreads, second: Spreads) -> dict[str, Any]:
    """How one figure relates to another, with the 80 % and 90 % intervals, and the chance that it is the higher one.

    Args:
        first: of one figure.
        second: of one figure.

    Returns:
        `ratio`, `difference`, each with `_80` and `_90` behind it for the ends; `chance_higher`: a tie counts half.
    """
    ones, others = first.distinct(), second.distinct()
    told: dict[str, Any] = {}
    middles = float(np.exp(first.logs[0, 2])), float(np.exp(second.logs[0, 2]))
    measures = {
        "ratio": (middles[0] / middles[1], np.exp(np.subtract.outer(ones, others))),
        "difference": (middles[0] - middles[1], np.subtract.outer(np.exp(ones), np.exp(others))),
    }
    for name, (middle, values) in measures.items():
        told[name] = middle
        for percent in (80, 90):
            ends = np.quantile(values, [0.5 - percent / 200, 0.5 + percent / 200])
            told[f"{name}_{percent}"] = ends.tolist()
    signs = np.sign(np.subtract.outer(ones, others))
    return {**told, "chance_higher": float((signs.mean() + 1) / 2)}


def add_up(spreads: Spreads, counts: Vector) -> dict[str, Any]:
    """The sum of so many of each figure, with its intervals: `value` (its median), `interval_80, interval_90`.

    Medians do not add up: where figures err further upwards than downwards, as prices do, that of the sum is higher.

    Args:
        spreads: of different GPUs; all of one GPU err together.
        counts: (n,) how many there are of each.
    """
    is_open = spreads.logs[:, 0] < spreads.logs[:, 4]
    generator = np.random.default_rng(_SEED)
    drawn = np.full(_DRAWS, float(np.exp(spreads.logs[~is_open, 2]) @ counts[~is_open]))
    places = np.flatnonzero(is_open)
    for start in range(0, len(places), _BLOCK):
        block = places[start : start + _BLOCK]
        logs = spreads.logs[block]
        scores = generator.standard_normal((len(block), _DRAWS), dtype=np.float32)
        segment = np.clip(np.searchsorted(_SCORES, scores) - 1, 0, 3)
        slopes = np.diff(logs, axis=1) / np.diff(_SCORES)
        starts = logs[:, :4] - slopes * _SCORES[:4]
        values = np.take_along_axis(starts, segment, axis=1) + np.take_along_axis(slopes, segment, axis=1) * scores
        drawn += counts[block] @ np.exp(values)
    ends = {
        f"interval_{percent}": np.quantile(drawn, [0.5 - percent / 200, 0.5 + percent / 200]).tolist()
        for percent in (80, 90)
    }
    return {"value": float(np.median(drawn)), **ends}
