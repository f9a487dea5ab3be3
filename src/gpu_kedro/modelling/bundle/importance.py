"""What the answers rest on in general: the mean size of each input's contribution over a sample of the training table.

Contributions are Shapley values (`gpu_kedro.modelling.explanations.shapley`) of the blend that answers when name and
specification sheet are known. An input that a GPU lacks, or has as usual, adds nothing.
"""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

import numpy as np

from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.explanations.input_groups import INPUT_NAMES, INPUTS
from gpu_kedro.modelling.explanations.shapley import explain_answer
from gpu_kedro.modelling.targets import SEGMENTS, TARGETS

#: File of a bundle that holds it.
IMPORTANCE = "importance.json"


def measure_importance(
    rows: Sequence[Mapping[str, Any]], table: FeatureTable, served: ServedBundle
) -> dict[str, dict[str, Any]]:
    """Mean size of every input's contribution to every answer, for GPUs of which name and specification are known.

    Returns:
        target → `rows` and `inputs`: input → its typical factor (a figure is that much larger or smaller for it), or
        its typical share in percentage points (the mean over the segments); the weightiest input first.

    Raises:
        ValueError: the bundle has no typical GPU to compare with.
    """
    if served.typical is None:
        raise ValueError("the bundle has no typical GPU: train it again")
    vectors = served.embedding.transform(table.texts)
    measured: dict[str, dict[str, Any]] = {}
    for name, target in TARGETS.items():
        outputs = 1 if target.task == "regression" else len(SEGMENTS)
        sizes = np.zeros((len(rows), len(INPUTS), outputs))
        for place, row in enumerate(rows):
            blend, columns = served.answer_function(target, row)
            shares = explain_answer(blend, table.values[place], vectors[place], served.typical, columns)
            for one, share in shares.contributions.items():
                sizes[place, INPUT_NAMES.index(one)] = np.abs(share)
        means = sizes.mean(axis=(0, 2))
        told = {
            INPUT_NAMES[place]: exp(means[place]) if target.task == "regression" else 100 * float(means[place])
            for place in np.argsort(-means, kind="stable").tolist()
            if means[place] > 0
        }
        measured[name] = {"rows": len(rows), "inputs": told}
    return measured
