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

from gpu_kedro.domain.identify import KNOWN_FIELDS
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
    ) -> pd.DataFrame:
        """Answer rows as `gpu-kedro score` does.

        Args:
            context: not used, like `params`.
            model_input: a column `name`, and any of `KNOWN_FIELDS` as numbers, missing where not known.
            params: not used.

        Returns:
            One row for each, with its index: the columns of `tabulate_predictions`.

        Raises:
            ValueError: names the column that holds something other than numbers.
        """
        known = {field: _read_numbers(model_input[field]) for field in KNOWN_FIELDS if field in model_input}
        rows: list[dict[Any, Any]] = model_input.assign(**known).to_dict("records")
        queries = [{field: value for field, value in row.items() if value == value} for row in rows]
        return pd.DataFrame(self.runtime.predict_columns(queries), index=model_input.index)


def _read_numbers(column: pd.Series) -> pd.Series:
    try:
        return pd.to_numeric(column).astype(float)
    except (TypeError, ValueError) as err:
        raise ValueError(f"column {column.name}: {err}; give numbers, NaN where not known") from err


set_model(BundleModel())
