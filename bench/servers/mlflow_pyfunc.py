"""The bundle as an MLflow pyfunc model, written as MLflow's "models from code" (so that nothing is pickled)."""

from pathlib import Path
from typing import Any

from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from gpu_kedro.serving.runtime import Runtime


class BundleModel(PythonModel):
    """Answers a data frame of queries."""

    def load_context(self, context: Any) -> None:
        """Load the bundle that was saved with the model."""
        self.runtime = Runtime.load(Path(context.artifacts["bundles"]))

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:  # noqa: ARG002
        """Answer each row, in the shape of `Prediction`."""
        return self.runtime.predict(model_input.to_dict("records"))


set_model(BundleModel())
