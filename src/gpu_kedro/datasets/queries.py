"""Tables of queries and of answers: CSV, TSV, Excel or Parquet."""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset, DatasetError

from gpu_kedro.contracts.rows import QueryFile, ScoredTable
from gpu_kedro.contracts.writing import choose_writer, replace_file


class QueryTableDataset(AbstractDataset[ScoredTable, QueryFile]):
    """A file of queries, or one of answers.

    What is loaded is the file's place: its rows are read by whoever knows what a name of a GPU looks like. Answers are
    written by the ending of the file, whole or not at all. `column` holds the names of GPUs: its header or its number;
    it is found when left out.
    """

    def __init__(self, filepath: str, column: str | None = None, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._column = column
        self.metadata = metadata

    def load(self) -> QueryFile:
        """The file, which is there."""
        if not self._filepath.is_file():
            raise DatasetError(f"{self._filepath}: no such file; name one with --params input=FILE")
        return QueryFile(self._filepath, self._column)

    def save(self, data: ScoredTable) -> None:
        """Write the answers."""
        try:
            write = choose_writer(self._filepath)
        except ValueError as err:
            raise DatasetError(str(err)) from err
        with replace_file(self._filepath) as file:
            write(data.table, data.scored, file)

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
