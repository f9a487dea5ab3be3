"""Tables of queries and answers, as CSV or Parquet by the ending of the file."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.io import AbstractDataset, DatasetError

from gpu_kedro.contracts.rows import disarm


class QueryTableDataset(AbstractDataset[Mapping[str, Sequence[Any]], dict[str, list[Any]]]):
    """Columns of a table, None where a cell is empty.

    Cells of a CSV file are text, and text that a spreadsheet would run as a formula is written with an apostrophe in
    front. A file is written whole or not at all: under another name first, then renamed.
    """

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        """Name the file.

        Args:
            filepath: ends with `.csv` or `.parquet`.
            metadata: for Kedro-Viz.
        """
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> dict[str, list[Any]]:
        """Read the columns."""
        self._require_known_ending()
        if not self._filepath.is_file():
            raise DatasetError(f"{self._filepath}: no such file; name one with --params input=FILE")
        try:
            table = (
                # as text: 007 and NA stay what they are, and a cell that is no number is its own row's matter
                pd.read_csv(self._filepath, dtype=str, keep_default_na=False)
                if self._filepath.suffix.lower() == ".csv"
                else pd.read_parquet(self._filepath)
            )
        except (ValueError, OSError) as err:
            told = " ".join(str(err).split())
            raise DatasetError(f"{self._filepath}: cannot be read as {self._filepath.suffix[1:]} ({told})") from err
        return {
            str(column): [None if value is None or value != value else value for value in values.tolist()]
            for column, values in table.items()
        }

    def save(self, data: Mapping[str, Sequence[Any]]) -> None:
        """Write the columns."""
        self._require_known_ending()
        table = pd.DataFrame(dict(data))
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = self._filepath.with_name(f".{self._filepath.name}.{os.getpid()}.part")
        try:
            if self._filepath.suffix.lower() == ".csv":
                table.map(disarm).to_csv(part, index=False)
            else:
                table.to_parquet(part, index=False)
            part.replace(self._filepath)
        finally:
            part.unlink(missing_ok=True)

    def _require_known_ending(self) -> None:
        if self._filepath.suffix.lower() not in (".csv", ".parquet"):
            raise DatasetError(f"{self._filepath}: give a file that ends with .csv or .parquet")

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
