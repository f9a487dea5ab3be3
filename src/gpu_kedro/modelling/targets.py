"""What is predicted: each target's unit, its task, and the inputs that would give its answer away."""

from dataclasses import dataclass
from typing import Literal

from gpu_kedro.domain.features import FEATURES

Task = Literal["regression", "classification"]
#: How much is known of a GPU when it is asked about, from little to much.
Level = Literal["name", "specs", "everything"]
LEVELS: tuple[Level, ...] = ("name", "specs", "everything")
_GROUPS: dict[Level, frozenset[str]] = {
    "name": frozenset({"name"}),
    "specs": frozenset({"name", "specs"}),
    "everything": frozenset({"name", "specs", "known"}),
}
#: Ratios of the target in the public compilation (`gpuValue`, `powerPerformance`). They never feed a model;
#: the leakage report adds them on purpose to show what they would pretend.
LEAKY_FEATURES: tuple[str, ...] = ("log_g3d_per_dollar", "log_g3d_per_watt")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing the models predict.

    Args:
        name: column of the primary table, with its unit.
        task: regression targets are modelled as natural logarithms, classification targets as sets of labels.
        unit: unit of the answer.
        title: words for people.
        forbidden_inputs: features that contain the answer.
    """

    name: str
    task: Task
    unit: str
    title: str
    forbidden_inputs: frozenset[str]


TARGETS: dict[str, Target] = {
    "g3d_mark": Target("g3d_mark", "regression", "points", "3D performance (G3D Mark)", frozenset({"log_g3d_mark"})),
    "price_usd": Target("price_usd", "regression", "USD", "Price", frozenset({"log_price_usd"})),
    "tdp_w": Target("tdp_w", "regression", "W", "Power (TDP)", frozenset({"log_tdp_w"})),
    "segment": Target("segment", "classification", "labels", "Market segment", frozenset()),
}
REGRESSION_TARGETS: tuple[str, ...] = tuple(name for name, target in TARGETS.items() if target.task == "regression")
SEGMENTS: tuple[str, ...] = ("Desktop", "Mobile", "Workstation")


def input_columns(target: Target, level: Level) -> list[int]:
    """Positions in `FEATURES` that may feed `target` when `level` is known."""
    groups = _GROUPS[level]
    return [
        position
        for position, feature in enumerate(FEATURES)
        if feature.group in groups and feature.name not in target.forbidden_inputs
    ]
