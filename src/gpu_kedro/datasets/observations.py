"""A folder of files that people have filled with what they have seen: marks, powers and prices."""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
from kedro.io import AbstractDataset, DatasetError

from gpu_kedro.domain.observations.dates import Moment, read_moment
from gpu_kedro.domain.observations.files import FileRow, open_observations, read_rows
from gpu_kedro.domain.observations.joining import OBSERVATION_COLUMNS
from gpu_kedro.domain.observations.records import OBSERVED_FIELDS
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.source import OWN_FILE

_LOGGER = logging.getLogger(__name__)
_ENDINGS = (".csv", ".tsv", ".xlsx", ".parquet")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?!\d)")


class ObservationFolderDataset(AbstractDataset[NoReturn, pd.DataFrame]):
    """Loads all files of a folder as one table (`OBSERVATION_COLUMNS`); subfolders and other files are left alone.

    ```yaml
    observations:
      type: gpu_kedro.datasets.observations.ObservationFolderDataset
      filepath: data/01_raw/observations
      rates: {EUR: 1.08}
    ```

    Args:
        filepath: the folder, or one file; a folder that is not there, or empty, gives an empty table.
        rates: US dollars for one unit of another currency, by its code; prices in others cannot be used.
    """

    def __init__(
        self,
        *,
        filepath: str | os.PathLike[str],
        rates: Mapping[str, float] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath = Path(filepath)
        self._rates = rates or {}
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """Read all files in the order of their names; `reason` says what of a row cannot be used.

        Raises:
            DatasetError: a file cannot be read, or has no column of names.
        """
        rows: list[dict[str, Any]] = []
        for path in self._list_files():
            try:
                rows += (_write_row(path.name, row) for row in self._read(path))
            except ValueError as err:
                raise DatasetError(str(err) if isinstance(err, TableFileError) else f"{path}: {err}") from err
        table = pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS))
        numbers = dict.fromkeys(OBSERVED_FIELDS, "float64") | {"row": "int64"}
        table = table.astype(dict.fromkeys(OBSERVATION_COLUMNS, "str") | numbers)
        if unusable := int((table["reason"].notna() & table["date"].isna()).sum()):
            _LOGGER.warning(
                "%s: %d of %d rows cannot be used; the ledger says why", self._filepath, unusable, len(table)
            )
        return table

    def _list_files(self) -> list[Path]:
        if self._filepath.is_file():
            return [self._filepath]
        if not self._filepath.is_dir():
            return []
        return sorted(path for path in self._filepath.iterdir() if path.suffix.lower() in _ENDINGS)

    def _read(self, path: Path) -> Iterator[FileRow]:
        table = open_observations(path, rates=self._rates, limits=OWN_FILE, file=str(path))
        return read_rows(table, _read_date(path.stem))

    def save(self, data: NoReturn) -> NoReturn:  # noqa: ARG002
        """Refuse: observations are the record of what was seen."""
        raise DatasetError(f"{self._filepath}: observations are read-only; save to another dataset")

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}

    def _exists(self) -> bool:
        return self._filepath.exists()


def _read_date(stem: str) -> Moment | None:
    """The date of rows that have none: the one in the file's name, as in `passmark-2026-03`."""
    found = _DATED.findall(stem)
    return read_moment(found[0]) if len(found) == 1 else None


def _write_row(file: str, row: FileRow) -> dict[str, Any]:
    seen = row.observation
    told = {"file": file, "row": row.number, "reason": row.reason or None}
    if seen is None:
        return {**told, "name": row.cells.get("name")}
    others = {"name": seen.name, "date": seen.moment.text, "condition": seen.condition, "market": seen.market or None}
    return {**told, **others, **seen.figures}
