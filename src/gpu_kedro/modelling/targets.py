"""What is predicted: each target's unit, its task, and the inputs that would give its answer away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from gpu_kedro.domain.features import FEATURES

Task = Literal["regression", "classification"]
#: How much is known of a GPU when it is asked about, from little to much.
Level = Literal["name", "specs", "partly", "everything"]
#: "partly" is name, specification and some of the table's figures; "everything" has all that the table has.
LEVELS: tuple[Level, ...] = ("name", "specs", "partly", "everything")
_GROUPS: dict[Level, frozenset[str]] = {
    "name": frozenset({"name"}),
    "specs": frozenset({"name", "specs"}),
    "partly": frozenset({"name", "specs", "known"}),
    "everything": frozenset({"name", "specs", "known"}),
}
#: Ratios of the target in the public compilation (`gpuValue`, `powerPerformance`). They never feed a model;
#: the leakage report adds them on purpose to show what they would pretend.
LEAKY_FEATURES: tuple[str, ...] = ("log_g3d_per_dollar", "log_g3d_per_watt")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing the models predict.

    An entry of `TARGETS` and a block of `conf/base/parameters_regression.yml` are all that another figure needs.

    Args:
        name: column of the primary table with positive numbers, with its unit.
        task: regression targets are modelled as natural logarithms, classification targets as sets of labels.
        unit: unit of the answer.
        title: words for people.
        forbidden_inputs: features that contain the answer.

    Raises:
        ValueError: a feature is made of the target and is not forbidden.
    """

    name: str
    task: Task
    unit: str
    title: str
    forbidden_inputs: frozenset[str]

    def __post_init__(self) -> None:
        """Refuse inputs that are the answer."""
        given_away = {feature.name for feature in FEATURES} & {self.name, f"log_{self.name}"} - self.forbidden_inputs
        if given_away:
            raise ValueError(f"{self.name}: list {', '.join(sorted(given_away))} in forbidden_inputs: it is the answer")


TARGETS: dict[str, Target] = {
    "g3d_mark": Target("g3d_mark", "regression", "points", "3D performance (G3D Mark)", frozenset({"log_g3d_mark"})),
    "price_usd": Target("price_usd", "regression", "USD", "Price", frozenset({"log_price_usd"})),
    "tdp_w": Target("tdp_w", "regression", "W", "Power (TDP)", frozenset({"log_tdp_w"})),
    "segment": Target("segment", "classification", "labels", "Market segment", frozenset()),
}
REGRESSION_TARGETS: tuple[str, ...] = tuple(name for name, target in TARGETS.items() if target.task == "regression")
#: What everything about serving knows by name; others were added by whoever runs the project.
BUILT_IN_TARGETS = frozenset({"g3d_mark", "price_usd", "tdp_w", "segment"})
ADDED_TARGETS: tuple[str, ...] = tuple(name for name in REGRESSION_TARGETS if name not in BUILT_IN_TARGETS)
SEGMENTS: tuple[str, ...] = ("Desktop", "Mobile", "Workstation")


#: What stands for "all that the table has": every GPU of the table has these.
_ALWAYS_KNOWN = ("g3d_mark", "g2d_mark", "test_year")
_SOMETIMES_KNOWN = ("price_usd", "tdp_w")
_read_known = itemgetter(*_ALWAYS_KNOWN, *_SOMETIMES_KNOWN)
_NOTHING_KNOWN = (None,) * len((*_ALWAYS_KNOWN, *_SOMETIMES_KNOWN))


def label_membership(classes: Iterable[str]) -> list[list[bool]]:
    """For each combination ("Mobile, Workstation"), which of `SEGMENTS` it contains."""
    return [[segment in name.split(", ") for segment in SEGMENTS] for name in classes]


def find_level(row: Mapping[str, Any], target: Target) -> Level:
    """The level of knowledge of one GPU (a row of `gpu_kedro.domain.identify`) for one target.

    The target's own value, should it be known, does not count; nor does a test year alone.
    """
    known = _read_known(row)
    if known == _NOTHING_KNOWN:  # most ask by a name alone
        return "specs" if row["match_kind"] != "none" else "name"
    return _level_of(target.name, row["match_kind"] != "none", *(value is not None for value in known))


@lru_cache
def _level_of(target: str, has_sheet: bool, *known: bool) -> Level:
    is_known = dict(zip((*_ALWAYS_KNOWN, *_SOMETIMES_KNOWN), known, strict=True))
    if all(is_known[name] for name in _ALWAYS_KNOWN if name != target):
        return "everything"
    if any(is_known[name] for name in is_known if name not in (target, "test_year")):
        return "partly"
    return "specs" if has_sheet else "name"


def input_columns(target: Target, level: Level) -> list[int]:
    """Positions in `FEATURES` that may feed `target` when `level` is known."""
    groups = _GROUPS[level]
    return [
        position
        for position, feature in enumerate(FEATURES)
        if feature.group in groups and feature.name not in target.forbidden_inputs
    ]
