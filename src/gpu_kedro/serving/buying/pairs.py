"""Two GPUs set against each other: how much faster, how much more power, how much dearer, and how sure that is."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from gpu_kedro.modelling.targets import BUILT_IN_TARGETS, REGRESSION_TARGETS
from gpu_kedro.serving.buying.spreads import Spreads, compare

_FIGURES = tuple(name for name in REGRESSION_TARGETS if name in BUILT_IN_TARGETS)


def compare_pairs(predictions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every pair of predictions (`contracts.Pair`), the first ones first; a figure that either lacks is None."""
    spreads = [
        {name: Spreads.of_figures([one[name]]) for name in _FIGURES if one[name]["value"] is not None}
        for one in predictions
    ]
    return [
        {
            "first": first,
            "second": second,
            **{
                name: compare(spreads[first][name], spreads[second][name])
                if name in spreads[first] and name in spreads[second]
                else None
                for name in _FIGURES
            },
        }
        for first, second in combinations(range(len(predictions)), 2)
    ]
