"""Trained experts as ONNX files and plain arrays, and the same experts read back for serving.

Forests become ONNX; linear models, Gaussian processes and CatBoost's regular trees become arrays that NumPy evaluates
in double precision: ONNX Runtime sums those in single precision, and the first two in another order for one row than
for many. What is served never unpickles anything and never imports scikit-learn or CatBoost. The exported form answers
as the trained one: inputs are float32 in both, and a test compares them on the whole table.
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.bundle.files import subfiles, within
from gpu_kedro.modelling.bundle.oblivious_trees import ObliviousEstimator, oblivious_to_files
from gpu_kedro.modelling.bundle.onnx_trees import compact_trees
from gpu_kedro.modelling.learners.arrays import array_bytes, multiply_rows, read_array
from gpu_kedro.modelling.learners.blending import Blend
from gpu_kedro.modelling.learners.ensemble import Expert
from gpu_kedro.modelling.learners.gaussian_process import GaussianProcess
from gpu_kedro.modelling.learners.preparation import Matrix, Preparation

#: Set by hand, so that the same model always gives the same bytes.
_PRODUCER = "gpu_kedro"
_TARGET_OPSET = {"": 18, "ai.onnx.ml": 3}


def forest_to_onnx(estimator: Any, inputs: int) -> bytes:
    """Convert a fitted scikit-learn forest with float32 inputs of shape (n, inputs).

    Classifiers give their probabilities as one tensor (n, classes).
    """
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "predict_proba") else None
    model = compact_trees(
        convert_sklearn(
            estimator,
            name="model",
            initial_types=[("inputs", FloatTensorType([None, inputs]))],
            options=options,
            target_opset=_TARGET_OPSET,
        )
    )
    model.producer_name, model.producer_version, model.doc_string = _PRODUCER, "", ""
    model.graph.name, model.graph.doc_string = "model", ""
    del model.metadata_props[:]
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


class OnnxEstimator:
    """An estimator that was exported as an ONNX model, ready to answer."""

    def __init__(self, content: bytes) -> None:
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(content, settings, providers=["CPUExecutionProvider"])
        # the Python wrapper keeps the file's bytes for a fallback to other providers, which is not wanted here
        self._session._model_bytes = None
        self._input = self._session.get_inputs()[0].name
        # a classifier's last output is its probabilities; a regressor has one output
        self._outputs = [self._session.get_outputs()[-1].name]

    def predict(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) answers, or (n, classes) probabilities."""
        answer: NDArray[np.float32] = self._session.run(self._outputs, {self._input: inputs})[0]
        return answer


class LinearEstimator:
    """A linear model, or a multinomial logistic regression when it has several outputs.

    Args:
        files: `coefficients` (inputs, outputs) and `intercepts` (outputs,).
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self._coefficients = read_array(files["coefficients.npy"])
        self._intercepts = read_array(files["intercepts.npy"])

    def predict(self, inputs: NDArray[np.float32]) -> Matrix:
        """(n,) answers, or (n, classes) probabilities."""
        scores: Matrix = multiply_rows(inputs.astype(np.float64), self._coefficients) + self._intercepts
        if scores.shape[1] == 1:
            return scores[:, 0]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: Matrix = powers / powers.sum(axis=1, keepdims=True)
        return probabilities


def _linear_to_files(estimator: Any) -> dict[str, bytes]:
    coefficients = np.atleast_2d(estimator.coef_).T.astype(np.float64)
    intercepts = np.atleast_1d(estimator.intercept_).astype(np.float64)
    if hasattr(estimator, "classes_") and coefficients.shape[1] == 1:
        # two classes share one score: its sign tells them apart
        coefficients = np.hstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.append(0.0, intercepts)
    return {
        "coefficients.npy": array_bytes(np.ascontiguousarray(coefficients)),
        "intercepts.npy": array_bytes(intercepts),
    }


def _member_to_files(kind: str, estimator: Any, inputs: int) -> dict[str, bytes]:
    match kind:
        case "ridge":
            return _linear_to_files(estimator)
        case "gaussian_process":
            files: dict[str, bytes] = estimator.to_files()
            return files
        case "catboost":
            return oblivious_to_files(estimator)
        case _:
            return {"model.onnx": forest_to_onnx(estimator, inputs)}


def _member_from_files(kind: str, files: dict[str, bytes]) -> Any:
    match kind:
        case "ridge":
            return LinearEstimator(files)
        case "gaussian_process":
            return GaussianProcess.from_files(files)
        case "catboost":
            return ObliviousEstimator(files)
        case _:
            return OnnxEstimator(files["model.onnx"])


def expert_to_files(expert: Expert) -> dict[str, bytes]:
    """An expert as files: a folder for each member, arrays of the preparation, `expert.json`."""
    inputs = expert.preparation.means.size
    folders = [f"member_{position}_{kind}" for position, kind in enumerate(expert.kinds)]
    head = {
        "kinds": expert.kinds,
        "stacked": expert.stacked,
        "members": folders,
        "member_classes": expert.member_classes,
        "classes": expert.classes,
    }
    files = {
        "expert.json": json.dumps(head, indent=1).encode(),
        "blend.json": expert.blend.to_file(),
        **expert.preparation.to_files(),
    }
    for folder, kind, member, stacked in zip(folders, expert.kinds, expert.members, expert.stacked, strict=True):
        files |= within(_member_to_files(kind, member, inputs + stacked), folder)
    return files


def expert_from_files(files: dict[str, bytes]) -> Expert:
    """Read back what `expert_to_files` wrote."""
    head = json.loads(files["expert.json"])
    return Expert(
        preparation=Preparation.from_files(files),
        members=[
            _member_from_files(kind, subfiles(files, folder))
            for kind, folder in zip(head["kinds"], head["members"], strict=True)
        ],
        kinds=head["kinds"],
        stacked=head["stacked"],
        member_classes=head["member_classes"],
        blend=Blend.from_file(files["blend.json"]),
        classes=None if head["classes"] is None else tuple(head["classes"]),
    )
