"""How much each member of a blend counts for a GPU.

Trees do not extrapolate: for a GPU released after the training table they stay silent, if a member that can is there.
A Gaussian process measures how alike specifications are: where none was found it stays silent, unless the level of
knowledge has none at all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES

Matrix = NDArray[np.float64]
Modes = NDArray[np.intp]
_RELEASE_YEAR = FEATURE_NAMES.index("release_year")
_MATCH_CONFIDENCE = FEATURE_NAMES.index("match_confidence")
#: Of the training GPUs' release years; the latest few are wrong matches as often as not.
_NEWEST_QUANTILE = 0.99
_EXTRAPOLATING = frozenset({"gaussian_process", "ridge"})
_NEEDS_SHEET = frozenset({"gaussian_process"})


@dataclass(frozen=True)
class Blend:
    """Weights of the members by mode: 0 usual, 1 without a sheet, 2 newer than the table, 3 both.

    Args:
        weights: (4, members), each row summing to one.
        newest_year: GPUs released later are newer than the table.
    """

    weights: Matrix
    newest_year: float

    @classmethod
    def of(
        cls, kinds: Sequence[str], weights: Sequence[float], *, has_sheets: bool, newest_year: float = np.inf
    ) -> Self:
        """The blend of members of these kinds.

        Args:
            kinds: kind of each member.
            weights: of each member; any positive scale.
            has_sheets: whether the level of knowledge has specifications.
            newest_year: see `find_newest_year`.
        """
        usual = np.array(weights, dtype=float)
        extrapolates = np.array([kind in _EXTRAPOLATING for kind in kinds])
        needs_sheet = np.array([kind in _NEEDS_SHEET and has_sheets for kind in kinds])
        without_sheet = _only(~needs_sheet, usual)
        newer = _only(extrapolates, usual)
        rows = np.stack([usual, without_sheet, newer, _only(extrapolates, without_sheet)])
        return cls(rows / rows.sum(axis=1, keepdims=True), newest_year)

    def find_modes(self, values: Matrix) -> Modes:
        """(n,) mode of each GPU, from (n, all features)."""
        modes: Modes = (values[:, _MATCH_CONFIDENCE] <= 0) + 2 * (values[:, _RELEASE_YEAR] > self.newest_year)
        return modes

    def find_mode(self, row: Mapping[str, Any]) -> int:
        """The mode of one GPU, a row of `gpu_kedro.domain.identify`."""
        year = row["spec_release_year"]
        is_newer = year is not None and year > self.newest_year
        return int(not row["match_confidence"]) + 2 * is_newer

    def mix(self, members: Matrix, modes: Modes) -> Matrix:
        """The members' answers, (members, n), as one: (n,)."""
        answers: Matrix = (self.weights.take(modes, axis=0).T * members).sum(axis=0)
        return answers

    def to_file(self) -> bytes:
        """The blend as JSON."""
        year = self.newest_year if np.isfinite(self.newest_year) else None
        return json.dumps({"newest_year": year, "weights": self.weights.tolist()}, indent=1).encode()

    @classmethod
    def from_file(cls, content: bytes) -> Self:
        """Read back what `to_file` wrote."""
        head: dict[str, Any] = json.loads(content)
        year = head["newest_year"]
        return cls(np.array(head["weights"], dtype=float), np.inf if year is None else float(year))


def find_newest_year(values: Matrix) -> float:
    """The year after which a GPU counts as newer than these, (n, all features); infinite where no year is known."""
    years = values[:, _RELEASE_YEAR]
    known = years[np.isfinite(years)]
    return float(np.floor(np.quantile(known, _NEWEST_QUANTILE))) if known.size else np.inf


def _only(chosen: NDArray[np.bool_], weights: Matrix) -> Matrix:
    """The weights of the chosen members; all of them when none of the chosen counts."""
    kept = np.where(chosen, weights, 0.0)
    return kept if kept.sum() > 0 else weights
