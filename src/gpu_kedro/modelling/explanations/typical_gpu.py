"""The GPU that explanations compare with: the middle of the training table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any, Self

import numpy as np

from gpu_kedro.domain.features import FEATURE_NAMES, FEATURES
from gpu_kedro.modelling.explanations.input_groups import DIFFERENCES, INPUT_NAMES, INPUTS, Matrix, subtract

#: File of a bundle that holds it.
TYPICAL_GPU = "typical_gpu.json"


@dataclass(frozen=True)
class TypicalGpu:
    """Medians of the training table.

    Args:
        values: (features,) medians, NaN for a feature that no GPU has.
        vector: (dims,) mean of the names' embeddings.
    """

    values: Matrix
    vector: Matrix

    @classmethod
    def of(cls, values: Matrix, vectors: Matrix) -> Self:
        """The middle of n GPUs: (n, all features) with NaN where missing, and (n, dims)."""
        medians = np.array(
            [np.median(known) if (known := column[np.isfinite(column)]).size else np.nan for column in values.T]
        )
        rounded = medians.astype(np.float32).astype(np.float64)
        for place, minuend, subtrahend in DIFFERENCES:
            # the difference of two medians is not the median of the differences
            rounded[place] = subtract(rounded[minuend], rounded[subtrahend])
        return cls(rounded, vectors.mean(axis=0))

    def to_file(self) -> bytes:
        """As JSON."""
        known = {
            name: None if value != value else value
            for name, value in zip(FEATURE_NAMES, self.values.tolist(), strict=True)
        }
        return json.dumps({"features": known, "embedding": self.vector.tolist()}, allow_nan=False, indent=1).encode()

    @classmethod
    def from_file(cls, content: bytes) -> Self:
        """Read back what `to_file` wrote."""
        read = json.loads(content)
        values = [np.nan if read["features"][name] is None else read["features"][name] for name in FEATURE_NAMES]
        return cls(np.array(values), np.array(read["embedding"]))


def describe_input(name: str, row: Mapping[str, Any], typical: TypicalGpu) -> dict[str, Any]:
    """What is known of one input of a GPU, and of the typical GPU's where that is a number."""
    one = INPUTS[INPUT_NAMES.index(name)]
    known = {column: row[column] for column in one.columns if row[column] is not None}
    middles = {column: middle for column in known if (middle := _read_middle(column, typical)) is not None}
    return {
        "input": name,
        "title": one.title,
        "fields": {column.removeprefix("spec_"): value for column, value in known.items()},
        "typical_fields": {column.removeprefix("spec_"): middle for column, middle in middles.items()},
    }


def _read_middle(column: str, typical: TypicalGpu) -> float | None:
    place = _MIDDLES.get(column)
    if place is None:
        return None
    value = float(typical.values[place])
    if value != value:
        return None
    return float(f"{exp(value):.4g}") if FEATURE_NAMES[place].startswith("log_") else value


def _place_middles() -> dict[str, int]:
    """For each shown field that is a number, the feature that holds its median."""
    places = {"spec_tdp_w": FEATURE_NAMES.index("log_sheet_tdp_w")}
    numbers = {feature.name for feature in FEATURES if feature.unit != "0 or 1"}
    for column in (column for one in INPUTS for column in one.columns if column not in places):
        bare = column.removeprefix("spec_")
        for feature in (f"log_{bare}", bare):
            if feature in numbers:
                places[column] = FEATURE_NAMES.index(feature)
                break
    return places


_MIDDLES = _place_middles()
