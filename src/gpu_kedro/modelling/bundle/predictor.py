"""A bundle bound for answering: models, calibrations, specifications and known GPUs, read once.

Nothing here changes after loading, so any number of threads may ask at once. Importing this module needs neither
pandas nor scikit-learn nor CatBoost.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES, FeatureTable
from gpu_kedro.domain.specs.imputation import SheetCompleter
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.modelling.bundle.export import expert_from_files
from gpu_kedro.modelling.bundle.files import Bundle, BundleError, subfiles
from gpu_kedro.modelling.bundle.measured_gpus import KnownGpus
from gpu_kedro.modelling.bundle.oblivious_trees import ObliviousEstimator
from gpu_kedro.modelling.bundle.warnings import TrainingRange
from gpu_kedro.modelling.evaluation.conformal import NEWER, expected_error, half_widths, name_stratum, scale_inputs
from gpu_kedro.modelling.explanations.shapley import AnswerFunction
from gpu_kedro.modelling.explanations.typical_gpu import TYPICAL_GPU, TypicalGpu
from gpu_kedro.modelling.learners.arrays import multiply_rows
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.learners.ensemble import Expert
from gpu_kedro.modelling.learners.pooling import pool_probabilities
from gpu_kedro.modelling.targets import (
    LEVELS,
    SEGMENTS,
    TARGETS,
    Level,
    Target,
    find_level,
    input_columns,
    label_membership,
)

Matrix = NDArray[np.float64]
#: Names of GPUs by PCI id; bundles of systems without the registers, and older ones, have none.
DEVICE_NAMES = "device_names.json"
_BOTH_SIDES = np.array([-1.0, 1.0])
#: Segments are judged by name and specification only.
_SEGMENT_LEVELS: tuple[Level, ...] = ("name", "specs")


@dataclass(frozen=True)
class RegressionEstimates:
    """Estimates of one target for n GPUs.

    Args:
        predicted: (n,) in the target's unit.
        bounds: coverage → (n, 2) lower and upper bound in the target's unit.
    """

    predicted: Matrix
    bounds: dict[float, Matrix]


@dataclass(frozen=True)
class SegmentEstimates:
    """Segments of n GPUs.

    Args:
        labels: the likeliest combination for each GPU.
        probabilities: (n, 3), one column per segment.
    """

    labels: list[tuple[str, ...]]
    probabilities: Matrix


@dataclass(frozen=True)
class _ServedRegressor:
    expert: Expert
    columns: NDArray[np.intp]
    scale_model: ObliviousEstimator
    quantiles: dict[float, dict[str, float]]


@dataclass(frozen=True)
class _ServedClassifier:
    expert: Expert
    weights: Matrix
    labels: list[tuple[str, ...]]
    membership: Matrix


class ServedBundle:
    """Everything that inference needs, bound to one version of a bundle, which was read and checked.

    Raises:
        BundleError: the bundle was trained on other features than this version of the program computes.
    """

    def __init__(self, bundle: Bundle) -> None:
        files = bundle.files
        if tuple(bundle.facts.get("features", ())) != FEATURE_NAMES:
            raise BundleError("the bundle was trained on other features than this version computes; train it again")
        try:
            self._bind(files)
        except Exception as err:  # whatever ONNX Runtime and others make of a file that is not theirs
            raise BundleError(f"the bundle lacks or garbles a part ({err}); train it again") from err
        self.facts = bundle.facts
        self.version = str(bundle.facts.get("version", ""))

    def _bind(self, files: Mapping[str, bytes]) -> None:
        specs = read_columns(files["specs.json"])
        names = json.loads(files[DEVICE_NAMES]) if DEVICE_NAMES in files else {}
        self.index = SpecIndex.from_rows(specs, names)
        self.sheets = SheetCompleter(specs)
        self.embedding = NameEmbedding.from_files(dict(files))
        self.known = KnownGpus(read_columns(files["known_gpus.json"]), self.index)
        features = json.loads(files["features.json"])
        self.ranges: dict[str, tuple[float, float]] = {
            name: (low, high) for name, (low, high) in features["ranges"].items()
        }
        self.training_range = TrainingRange(self.ranges)
        self.architectures = frozenset(features["architectures"])
        self.makers = frozenset(map(tuple, features["makers"])) if "makers" in features else None
        self.typical = TypicalGpu.from_file(files[TYPICAL_GPU]) if TYPICAL_GPU in files else None
        self._regressors: dict[tuple[str, Level], _ServedRegressor] = {}
        self._classifiers: dict[Level, _ServedClassifier] = {}
        for target in TARGETS.values():
            for level in LEVELS:
                part = subfiles(files, f"targets/{target.name}/{level}")
                if target.task == "regression":
                    self._regressors[target.name, level] = _bind_regressor(part)
                elif level in _SEGMENT_LEVELS:
                    self._classifiers[level] = _bind_classifier(part)

    def estimate(self, target: Target, rows: Sequence[Mapping[str, Any]], table: FeatureTable, vectors: Matrix) -> Any:
        """Estimate one target for n GPUs, each by the expert of what is known about it.

        Gives `RegressionEstimates` or `SegmentEstimates`; `vectors` are (n, dims) name embeddings.
        """
        if target.task == "classification":
            return self._estimate_segments(target, rows, table.values, vectors)
        return self._estimate_figure(target, rows, table.values, vectors)

    def answer_function(self, target: Target, row: Mapping[str, Any]) -> tuple[AnswerFunction, list[int]]:
        """The blend that answers for one GPU, as a function of features alone, and the features that it may read.

        Explanations ask it about mixtures of this GPU and another; it stays the expert of this one.
        """
        ((level, _),) = _by_level([row], target).items()
        columns = input_columns(target, level)
        if target.task == "regression":
            expert = self._regressors[target.name, level].expert
            mode = expert.blend.find_mode(row)

            def answer_figure(values: Matrix, vectors: Matrix) -> Matrix:
                return expert.predict(values, vectors, np.full(len(values), mode))

            return answer_figure, columns
        served = self._classifiers[level]

        def answer_segments(values: Matrix, vectors: Matrix) -> Matrix:
            probabilities = pool_probabilities(served.expert.predict_members(values, vectors), served.weights)
            return np.minimum(probabilities @ served.membership, 1.0)

        return answer_segments, columns

    def _estimate_figure(
        self, target: Target, rows: Sequence[Mapping[str, Any]], values: Matrix, vectors: Matrix
    ) -> RegressionEstimates:
        predicted = np.empty(len(rows))
        bounds: dict[float, Matrix] = {}
        for level, places in _by_level(rows, target).items():
            served = self._regressors[target.name, level]
            chosen = values.take(places, axis=0)
            members = served.expert.predict_members(chosen, vectors.take(places, axis=0))
            modes = served.expert.blend.find_modes(chosen)
            centre = served.expert.blend.mix(members, modes)
            sizes = expected_error(served.scale_model, scale_inputs(chosen, served.columns, centre, members))
            are_newer = served.expert.blend.are_newer(modes).tolist()
            strata = [
                NEWER if is_newer else name_stratum(rows[place])
                for place, is_newer in zip(places, are_newer, strict=True)
            ]
            predicted[places] = np.exp(centre)
            for coverage, quantiles in served.quantiles.items():
                edges = bounds.setdefault(coverage, np.empty((len(rows), 2)))
                half = half_widths(sizes, strata, quantiles)
                edges[places] = np.exp(centre[:, None] + half[:, None] * _BOTH_SIDES)
        return RegressionEstimates(predicted, bounds)

    def _estimate_segments(
        self, target: Target, rows: Sequence[Mapping[str, Any]], values: Matrix, vectors: Matrix
    ) -> SegmentEstimates:
        labels: list[tuple[str, ...]] = [()] * len(rows)
        marginals = np.empty((len(rows), len(SEGMENTS)))
        for level, places in _by_level(rows, target).items():
            served = self._classifiers[level]
            members = served.expert.predict_members(values.take(places, axis=0), vectors.take(places, axis=0))
            probabilities = pool_probabilities(members, served.weights)
            marginals[places] = np.minimum(multiply_rows(probabilities, served.membership), 1.0)
            for place, best in zip(places, probabilities.argmax(axis=1), strict=True):
                labels[place] = served.labels[best]
        return SegmentEstimates(labels, marginals)


def _by_level(rows: Sequence[Mapping[str, Any]], target: Target) -> dict[Level, list[int]]:
    """Positions of the rows at each level. Segments use name and specification only.

    Whether the table has a price or a power of a GPU tells how well known it is, and nothing of its segment.
    """
    places: dict[Level, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if target.task == "classification":
            level: Level = "name" if row["match_kind"] == "none" else "specs"
        else:
            level = find_level(row, target)
        places[level].append(place)
    return places


def _bind_regressor(files: dict[str, bytes]) -> _ServedRegressor:
    head = json.loads(files["calibration.json"])
    return _ServedRegressor(
        expert=expert_from_files(files),
        columns=np.array(head["columns"], dtype=np.intp),
        scale_model=ObliviousEstimator(subfiles(files, "scale")),
        quantiles={float(coverage): strata for coverage, strata in head["quantiles"].items()},
    )


def _bind_classifier(files: dict[str, bytes]) -> _ServedClassifier:
    expert = expert_from_files(files)
    classes = expert.classes or ()
    return _ServedClassifier(
        expert=expert,
        weights=np.array(json.loads(files["calibration.json"])["weights"], dtype=float),
        labels=[tuple(name.split(", ")) for name in classes],
        membership=np.array(label_membership(classes), dtype=float),
    )


def read_columns(content: bytes) -> list[dict[str, Any]]:
    """Rows of a table that was stored as JSON columns."""
    columns: dict[str, list[Any]] = json.loads(content)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
