"""Trained experts as ONNX files and plain arrays, and the same experts read back for serving.

What is served never unpickles anything and never imports scikit-learn or CatBoost. The exported form answers as
the trained one: inputs are float32 in both, and a test compares them on the whole table.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.arrays import array_bytes, read_array
from gpu_kedro.modelling.estimators import Expert, Matrix, Preparation

#: Set by hand, so that the same model always gives the same bytes.
_PRODUCER = "gpu_kedro"
_TARGET_OPSET = {"": 18, "ai.onnx.ml": 3}


def estimator_to_onnx(estimator: Any, inputs: int) -> bytes:
    """Convert a fitted scikit-learn or CatBoost estimator with float32 inputs of shape (n, inputs).

    Classifiers give their probabilities as one tensor (n, classes).
    """
    content = _catboost_to_onnx(estimator) if hasattr(estimator, "get_cat_feature_indices") else None
    model = _sklearn_to_onnx(estimator, inputs) if content is None else content
    model.producer_name, model.producer_version, model.doc_string = _PRODUCER, "", ""
    model.graph.name, model.graph.doc_string = "model", ""
    del model.metadata_props[:]
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


def _sklearn_to_onnx(estimator: Any, inputs: int) -> Any:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "predict_proba") else None
    return convert_sklearn(
        estimator,
        name="model",
        initial_types=[("inputs", FloatTensorType([None, inputs]))],
        options=options,
        target_opset=_TARGET_OPSET,
    )


def _catboost_to_onnx(estimator: Any) -> Any:
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        estimator.save_model(str(path), format="onnx")
        model = onnx.load(str(path))
    maps = [node for node in model.graph.node if node.op_type == "ZipMap"]
    for node in maps:
        # CatBoost wraps probabilities into a list of dictionaries; the plain tensor is its input
        model.graph.node.remove(node)
        outputs = [output for output in model.graph.output if output.name == node.output[0]]
        for output in outputs:
            model.graph.output.remove(output)
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(node.input[0], onnx.TensorProto.FLOAT, [None, None])
        )
    return model


class OnnxEstimator:
    """An exported estimator, ready to answer.

    Args:
        content: the ONNX model.
    """

    def __init__(self, content: bytes) -> None:
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(content, settings, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        # a classifier's last output is its probabilities; a regressor has one output
        self._outputs = [self._session.get_outputs()[-1].name]

    def predict(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) answers, or (n, classes) probabilities."""
        answer: NDArray[np.float32] = self._session.run(self._outputs, {self._input: inputs})[0]
        return answer


class ServedExpert:
    """An expert read from a bundle; same inputs and answers as `Expert`."""

    def __init__(
        self,
        preparation: Preparation,
        members: list[OnnxEstimator],
        member_classes: list[list[int] | None],
        weights: Matrix,
        classes: tuple[str, ...] | None,
    ) -> None:
        self.preparation = preparation
        self.members = members
        self.member_classes = member_classes
        self.weights = weights
        self.classes = classes

    def predict_members(self, values: Matrix, embeddings: Matrix) -> Matrix:
        """Answers of each member: (members, n) logs, or (members, n, classes) probabilities."""
        inputs = self.preparation.transform(values, embeddings)
        if self.classes is None:
            return np.stack([member.predict(inputs).ravel().astype(float) for member in self.members])
        answers = np.zeros((len(self.members), len(inputs), len(self.classes)))
        for position, (member, places) in enumerate(zip(self.members, self.member_classes, strict=True)):
            answers[position][:, places] = member.predict(inputs)
        return answers

    def predict(self, values: Matrix, embeddings: Matrix) -> Matrix:
        """The blend: (n,) logs, or (n, classes) probabilities."""
        return np.tensordot(self.weights, self.predict_members(values, embeddings), axes=1)


def expert_to_files(expert: Expert) -> dict[str, bytes]:
    """An expert as files: one ONNX model per member, arrays of the preparation, `expert.json`."""
    inputs = expert.preparation.means.size
    names = [f"member_{position}_{kind}.onnx" for position, kind in enumerate(expert.kinds)]
    head = {
        "members": names,
        "member_classes": [
            None if expert.classes is None else [int(place) for place in np.ravel(member.classes_)]
            for member in expert.members
        ],
        "classes": expert.classes,
    }
    return {
        "expert.json": json.dumps(head, indent=1).encode(),
        "weights.npy": array_bytes(expert.weights),
        **expert.preparation.to_files(),
        **{name: estimator_to_onnx(member, inputs) for name, member in zip(names, expert.members, strict=True)},
    }


def expert_from_files(files: dict[str, bytes]) -> ServedExpert:
    """Read back what `expert_to_files` wrote."""
    head = json.loads(files["expert.json"])
    return ServedExpert(
        preparation=Preparation.from_files(files),
        members=[OnnxEstimator(files[name]) for name in head["members"]],
        member_classes=head["member_classes"],
        weights=read_array(files["weights.npy"]),
        classes=None if head["classes"] is None else tuple(head["classes"]),
    )
