"""The bundle as an MLflow pyfunc model, written as MLflow's "models from code", so that nothing is pickled.

MLflow runs this file where the model is loaded; the package lies beside it in the model's `code` folder.
"""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from gpu_kedro.modelling.bundle.files import Bundle, read_bundle
from gpu_kedro.serving.runtime import Runtime


class BundleModel(PythonModel):
    """Answers a data frame of queries."""

    def load_context(self, context: Any) -> None:
        """Load the bundle that was saved with the model, after checking every byte of it."""
        with tempfile.TemporaryDirectory(prefix="gpu_kedro_model_") as folder:
            zipfile.ZipFile(context.artifacts["bundle"]).extractall(folder)  # our own file, hash-checked
            files, manifest = read_bundle(Path(folder))
        self.runtime = Runtime(Bundle(files, manifest))

    def predict(
        self,
        context: Any,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> list[dict[str, Any]]:
        """Answer each row as `POST /v1/predict` does: columns `name` and any known figures, NaN where not known."""
        rows: list[dict[Any, Any]] = model_input.to_dict("records")
        queries = [{field: value for field, value in row.items() if value == value} for row in rows]
        return self.runtime.predict(queries)


set_model(BundleModel())
