"""The service's prediction log in the catalog."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.io import AbstractDataset, DatasetError

from gpu_kedro.serving.prediction_log import COLUMNS, PREFIX

_QUERY = f"SELECT {', '.join(COLUMNS)} FROM predictions"  # noqa: S608  # nosec B608  # names of columns, no values


class PredictionLogDataset(AbstractDataset[None, pd.DataFrame]):
    """Every row of a prediction log (`gpu_kedro.serving.prediction_log`), read while the service may go on writing."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """One row a prediction, oldest file first.

        Raises:
            DatasetError: there is no log, or a file of it cannot be read; says which.
        """
        files = sorted(self._filepath.glob(f"{PREFIX}*.sqlite"))
        if not files:
            raise DatasetError(
                f"{self._filepath}: no predictions are logged here; start the service with GPU_KEDRO_PREDICTION_LOG"
            )
        frames = [self._read(file) for file in files]
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)

    def save(self, data: None) -> None:  # noqa: ARG002  # Kedro's signature
        """The service writes the log."""
        raise DatasetError(f"{self._filepath}: only the service writes a prediction log")

    def _read(self, file: Path) -> pd.DataFrame:
        try:
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
                return pd.read_sql_query(_QUERY, connection)
        except (sqlite3.Error, pd.errors.DatabaseError) as err:
            raise DatasetError(f"{file}: is no prediction log of this version ({err}); move it away") from err

    def _exists(self) -> bool:
        return any(self._filepath.glob(f"{PREFIX}*.sqlite"))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
