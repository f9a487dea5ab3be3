"""How much each member of a blend counts for a GPU.

Trees cannot extrapolate, so a GPU released after the training table is answered by the Gaussian process and ridge
alone, where the blend has them. The Gaussian process needs a specification, so a GPU without one is answered by the
other members, except at the level "name", which has none anyway. A specification that may be another GPU's (a match
that is not strict), or none, can have weights of its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.options import MemberOptions, weigh_unsure

Matrix = NDArray[np.float64]
Modes = NDArray[np.intp]
_RELEASE_YEAR = FEATURE_NAMES.index("release_year")
_MATCH_CONFIDENCE = FEATURE_NAMES.index("match_confidence")
_IS_STRICT = FEATURE_NAMES.index("is_strict_match")
#: States of a GPU's specification: strictly matched, perhaps another GPU's, none.
_SURE, _UNSURE, _NONE = range(3)
#: Of the training GPUs' release years; the latest few are wrong matches as often as not.
_NEWEST_QUANTILE = 0.99
_EXTRAPOLATING = frozenset({"gaussian_process", "ridge"})
_NEEDS_SHEET = frozenset({"gaussian_process"})


@dataclass(frozen=True)
class Blend:
    """Weights of the members by mode: the state of the specification, and 3 more for GPUs newer than the table.

    Args:
        weights: (6, members), each row summing to one.
        newest_year: GPUs released later are newer than the table (`find_newest_year`).
    """

    weights: Matrix
    newest_year: float

    @classmethod
    def of(cls, members: Sequence[MemberOptions], *, has_sheets: bool, newest_year: float = np.inf) -> Self:
        """The blend of these members, at a level of knowledge that has specifications or not."""
        sure = np.array([member.weight for member in members], dtype=float)
        unsure = np.array([weigh_unsure(member) for member in members])
        extrapolates = np.array([member.kind in _EXTRAPOLATING for member in members])
        needs_sheet = np.array([member.kind in _NEEDS_SHEET and has_sheets for member in members])
        states = [sure, unsure, _only(~needs_sheet, unsure)] if has_sheets else [sure] * 3
        rows = np.stack([*states, *(_only(extrapolates, weights) for weights in states)])
        return cls(rows / rows.sum(axis=1, keepdims=True), newest_year)

    def find_modes(self, values: Matrix) -> Modes:
        """(n,) mode of each GPU, from (n, all features)."""
        state = np.where(values[:, _IS_STRICT] > 0, _SURE, np.where(values[:, _MATCH_CONFIDENCE] > 0, _UNSURE, _NONE))
        modes: Modes = state + 3 * (values[:, _RELEASE_YEAR] > self.newest_year)
        return modes

    def find_mode(self, row: Mapping[str, Any]) -> int:
        """The mode of one GPU, a row of `gpu_kedro.domain.identify`."""
        year = row["spec_release_year"]
        is_newer = year is not None and year > self.newest_year
        state = _SURE if row["is_strict"] else _UNSURE if row["match_confidence"] else _NONE
        return state + 3 * is_newer

    @staticmethod
    def are_newer(modes: Modes) -> NDArray[np.bool_]:
        """(n,) whether each GPU is newer than the table."""
        return modes >= 3

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
        weights, year = np.array(head["weights"], dtype=float), head["newest_year"]
        if len(weights) != 6:
            raise ValueError("the weights of a blend are those of an earlier version")
        return cls(weights, np.inf if year is None else float(year))


def find_newest_year(values: Matrix) -> float:
    """The year after which a GPU counts as newer than these, (n, all features); infinite where no year is known."""
    years = values[:, _RELEASE_YEAR]
    known = years[np.isfinite(years)]
    return float(np.floor(np.quantile(known, _NEWEST_QUANTILE))) if known.size else np.inf


def _only(chosen: NDArray[np.bool_], weights: Matrix) -> Matrix:
    """The weights of the chosen members; all of them when none of the chosen counts."""
    kept = np.where(chosen, weights, 0.0)
    return kept if kept.sum() > 0 else weights
