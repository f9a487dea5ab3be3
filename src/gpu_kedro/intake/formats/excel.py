"""Excel workbooks: their sheets' rows, with the numbers that Excel shows beside them."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.parsers import expat  # nosec B411: see excel_parts

from gpu_kedro.intake.errors import DamagedFileError, TableFileError, telling_damage
from gpu_kedro.intake.formats.excel_parts import (
    DAMAGED,
    SharedTexts,
    Text,
    find_date_styles,
    list_sheets,
    open_archive,
    read_date,
    read_part,
)
from gpu_kedro.intake.source import Budget, Limits, Source

#: A sheet has no more; they are counted with the empty ones.
_MAX_ROWS = 1_048_576
_MAX_SHEETS = 30
#: Rows that whoever reads them holds at the same time.
_HELD_ROWS = 2000
_DIGITS = "0123456789"
_BROKEN = (
    expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, NotImplementedError,
    OSError, RuntimeError, UnicodeError, ValueError,
)  # fmt: skip
_OTHER_KINDS = (
    ("xl/workbook.bin", "is a binary workbook (.xlsb)"),
    ("content.xml", "is an OpenDocument spreadsheet (.ods)"),
)


class Workbook:
    """A workbook, open for as long as its rows are read.

    Raises:
        TableFileError: it is no workbook, has no sheet, or unpacks to too much.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        with self._open() as archive:
            sheets, self._counts_from_1904 = list_sheets(archive)
            self.sheets = sheets[:_MAX_SHEETS]
            if not self.sheets:
                raise TableFileError("has no visible sheet of cells", "save one with the list in it")
            self._date_styles = find_date_styles(archive)
            self._texts = SharedTexts(archive)
            self.held_bytes = self._texts.size_bytes

    @contextmanager
    def _open(self) -> Iterator[zipfile.ZipFile]:
        with self._source.open() as file, telling_damage(DAMAGED, *_BROKEN), open_archive(file) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                for part, problem in _OTHER_KINDS:
                    if part in names:
                        raise DamagedFileError(problem, "save it as .xlsx or .csv")
                raise DamagedFileError("is a zip archive without a workbook", "unpack it first")
            most = self._limits.unpacked_bytes
            if most is not None and sum(entry.file_size for entry in archive.infolist()) > most:
                raise TableFileError("unpacks to far more than its size", "split it, or save it as .csv")
            yield archive

    def rows(self, part: str) -> Iterator[tuple[int, list[Any]]]:
        """Rows of a sheet's part that hold something, from the beginning, with their numbers.

        Raises:
            TableFileError: the sheet is damaged or far too large.
        """
        with self._open() as archive:
            sheet = _Sheet(self._texts, self._date_styles, self._limits, counts_from_1904=self._counts_from_1904)
            given = {"most_elements": None} if self._limits.unpacked_bytes is None else {}
            for _ in read_part(archive, part, sheet.start, sheet.end, sheet.add, **given):
                yield from sheet.take()


class _Sheet:
    """Makes rows of what stands in a sheet's part."""

    def __init__(
        self, texts: SharedTexts, date_styles: frozenset[str], limits: Limits, *, counts_from_1904: bool
    ) -> None:
        self._texts = texts
        self._date_styles = date_styles
        self._limits = limits
        self._counts_from_1904 = counts_from_1904
        self._places: dict[str, int] = {}
        self._rows: list[tuple[int, list[Any]]] = []
        self._row: list[Any] = []
        self._number = self._taken = 0
        self._budget = Budget(limits)
        self._place = -1
        self._cell: dict[str, str] = {}
        self._text = Text()
        self.add = self._text.add

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "c":
            self._cell = attributes
            self._text.clear()
            reference = attributes.get("r")
            self._place = self._place + 1 if reference is None else self._find_place(reference.rstrip(_DIGITS))
        elif tag == "row":
            number = attributes.get("r")
            self._number = int(number) if number else self._number + 1
            self._row, self._place = [], -1
            if self._number > _MAX_ROWS:
                raise DamagedFileError("has a row beyond the last one of Excel", "save it again as .xlsx or .csv")
        else:
            self._text.start(tag)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "c":
            text = self._text.take()
            if text and self._place >= 0:
                self._put(self._read(text))
        elif tag == "row":
            if self._row:
                self._taken += 1
                letters = sum(len(cell) for cell in self._row if isinstance(cell, str))
                self._budget.spend(letters, with_last=self._taken % _HELD_ROWS != 0)
                self._rows.append((self._number, self._row))
            self._row = []
        else:
            self._text.end(tag)

    def take(self) -> list[tuple[int, list[Any]]]:
        """The rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def _find_place(self, letters: str) -> int:
        place = self._places.get(letters)
        if place is None:
            place = 0
            for letter in letters[:4]:
                place = 26 * place + ord(letter) - 64
            place = self._places[letters] = place - 1 if letters.isascii() and letters.isupper() else -1
        return place

    def _put(self, value: Any) -> None:
        missing = self._place - len(self._row)
        if missing < 0:
            self._row[self._place] = value
            return
        self._limits.check_columns(self._place + 1)
        self._row += [None] * missing
        self._row.append(value)

    def _read(self, text: str) -> Any:
        kind = self._cell.get("t", "n")
        if kind == "s":
            return self._texts[int(text)] or None
        if kind == "n":
            number = float(text)
            if self._cell.get("s") in self._date_styles:
                return read_date(number, counts_from_1904=self._counts_from_1904)
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        return text == "1" if kind == "b" else text
