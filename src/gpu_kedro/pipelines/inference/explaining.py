"""The node of `inference` that explains answers; nothing of it runs unless it is asked for."""

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import Any

import numpy as np

from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.domain.identify import GpuRow
from gpu_kedro.modelling.bundle.files import BundleError
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.explanations.shapley import Shares, explain_answer, to_units
from gpu_kedro.modelling.explanations.typical_gpu import TypicalGpu, describe_input
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, SEGMENTS, TARGETS

Answer = dict[str, Any]


def explain_predictions(
    predictions: Sequence[Answer], gpu_rows: Sequence[GpuRow], feature_table: FeatureTable, served: ServedBundle
) -> list[Answer]:
    """Add to each of the four answers what every input adds to it (`explanation`); nothing else changes.

    Figures are explained in points, dollars or watts, each predicted segment in percentage points.

    Raises:
        BundleError: the bundle is older than explanations.
    """
    if served.typical is None:
        raise BundleError(f"the bundle {served.version} is older than explanations; run `kedro run` to train again")
    vectors = served.embedding.transform(feature_table.texts)
    return [
        _explain_one(*parts, served, served.typical)
        for parts in zip(predictions, gpu_rows, feature_table.values, vectors, strict=True)
    ]


def _explain_one(
    answer: Answer, row: GpuRow, values: Any, vector: Any, served: ServedBundle, typical: TypicalGpu
) -> Answer:
    explained = dict(answer)
    if answer["segment"]["probabilities"] is None:  # the models say nothing of this name
        nothing = {name: {**answer[name], "explanation": None} for name in REGRESSION_TARGETS}
        return {**explained, **nothing, "segment": {**answer["segment"], "explanation": []}}
    for name in REGRESSION_TARGETS:
        blend, columns = served.answer_function(TARGETS[name], row)
        known = np.array([log(answer[name]["predicted"])])
        shares = explain_answer(blend, values, vector, typical, columns, known)
        explained[name] = {**answer[name], "explanation": _describe_figure(shares, name, row, typical)}
    blend, columns = served.answer_function(TARGETS["segment"], row)
    known = np.array(list(answer["segment"]["probabilities"].values()))
    shares = explain_answer(blend, values, vector, typical, columns, known)
    labels = answer["segment"]["predicted"]
    explained["segment"] = {
        **answer["segment"],
        "explanation": [_describe_segment(shares, label, row, typical) for label in labels],
    }
    return explained


def _describe_figure(shares: Shares, target: str, row: GpuRow, typical: TypicalGpu) -> Answer:
    reference, _, amounts = to_units(shares)
    contributions = [
        {
            **describe_input(name, row, typical),
            "contribution": amount,
            "factor": exp(float(shares.contributions[name][0])),
        }
        for name, amount in _largest_first(amounts)
    ]
    return {"unit": TARGETS[target].unit, "typical": reference, "contributions": contributions}


def _describe_segment(shares: Shares, label: str, row: GpuRow, typical: TypicalGpu) -> Answer:
    place = SEGMENTS.index(label)
    amounts = {name: 100 * float(share[place]) for name, share in shares.contributions.items()}
    return {
        "segment": label,
        "unit": "percentage points",
        "typical": 100 * float(shares.typical[place]),
        "contributions": [
            {**describe_input(name, row, typical), "contribution": amount} for name, amount in _largest_first(amounts)
        ],
    }


def _largest_first(amounts: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(amounts.items(), key=lambda item: -abs(item[1]))
