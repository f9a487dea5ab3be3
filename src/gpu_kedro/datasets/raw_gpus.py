"""The benchmark CSV as a Kedro dataset: read-only, text cells, errors in one line."""

import logging
import os
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from gpu_kedro.domain.errors import RawDataError
from gpu_kedro.domain.table.raw_table import read_gpu_table

_LOGGER = logging.getLogger(__name__)


class RawGpuTableDataset(AbstractDataset[NoReturn, pd.DataFrame]):
    """Loads the benchmark table as `RawGpus`; see `gpu_kedro.domain.table.raw_table` for the files it understands.

    ```yaml
    raw_gpus:
      type: gpu_kedro.datasets.raw_gpus.RawGpuTableDataset
      filepath: data/01_raw/gpu_benchmarks.csv
    ```

    Args:
        filepath: the CSV; Kedro makes a relative path absolute from the project's folder.
    """

    def __init__(self, *, filepath: str | os.PathLike[str], metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """Read the table; columns of the file that the project does not use are logged.

        Raises:
            DatasetError: the one line of a `RawDataError`, which is its cause.
        """
        try:
            table = read_gpu_table(self._filepath)
        except RawDataError as err:
            raise DatasetError(str(err)) from err
        if table.ignored_columns:
            _LOGGER.warning("%s: ignored columns %s", self._filepath, ", ".join(map(repr, table.ignored_columns)))
        return table.rows

    def save(self, data: NoReturn) -> NoReturn:  # noqa: ARG002
        """Refuse: the raw table is the record of what was measured."""
        raise DatasetError(f"{self._filepath}: raw data is read-only; save to another dataset")

    def preview(self, nrows: int = 5) -> TablePreview:
        """Give Kedro-Viz the first rows; missing cells are None, since NaN is not JSON."""
        rows = self.load().head(nrows).astype(object)
        return TablePreview(rows.where(rows.notna(), None).to_dict(orient="split"))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}

    def _exists(self) -> bool:
        return self._filepath.is_file()
