"""Delimited text: finds encoding and delimiter, gives rows with the line they begin on.

Both are chosen together by what they make of the file's first lines: the reading that has the most known headers wins,
then the one whose rows are as wide as their header.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from statistics import mode
from typing import NamedTuple

from gpu_kedro.intake.errors import DamagedFileError, TableFileError
from gpu_kedro.intake.source import Limits, Source

#: Whether a cell is a header that is looked for.
Knows = Callable[[str], bool]
#: Stands in no text: a file of one column.
_ONE_COLUMN = "\x1f"
#: What may stand between cells, the rarest in a text first.
DELIMITERS = (_ONE_COLUMN, "\t", ";", "|", ",")
#: What a file of text may begin with, and the encoding it tells; the longer of two that begin alike first.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What spreadsheets outside of UTF-8 save in: Western, Chinese, Japanese, Korean, Cyrillic.
_CODE_PAGES = ("cp1252", "gb18030", "cp932", "cp949", "cp1251")
_SAMPLE_BYTES = 65_536
_SAMPLE_ROWS, _HEADER_ROWS = 100, 30
_MOST = 0.5
_PART = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(?:!doctype html|html|head|body|table|meta|\?xml)\b", re.IGNORECASE)
_JSON = re.compile(r"\s*[\[{]\s*[\"\[{\]}]")
#: Of one row, with those inside of quoted cells: a row of millions takes a hundred times its size when it is read.
_MAX_DELIMITERS = 100_000


class Dialect(NamedTuple):
    """How a text file is written: its encoding as Python calls it, and one of `DELIMITERS`."""

    encoding: str
    delimiter: str

    @property
    def written_delimiter(self) -> str:
        """What to put between cells when columns are added."""
        return "," if self.delimiter == _ONE_COLUMN else self.delimiter


class TextRows:
    """Rows of a text file, from the beginning each time they are asked for.

    Raises:
        TableFileError: it is not a table, or in no encoding that is known.
    """

    def __init__(self, source: Source, knows: Knows, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.dialect = find_dialect(source, knows)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that hold something, each with the number of the line that it begins on.

        Raises:
            TableFileError: a quote that does not end, a cell or a row that is far too long, too many lines.
        """
        with io.TextIOWrapper(self._source.open(), encoding=self.dialect.encoding, newline="") as text:
            reader = csv.reader(self._watch(text), delimiter=self.dialect.delimiter, strict=True)
            start = 1
            # empty lines: no more than the rows themselves may take
            most = max(self._limits.lines, 4 * self._limits.rows)
            try:
                for cells in reader:
                    self._delimiters = 0
                    if any(cells):
                        yield start, cells
                    elif reader.line_num > most:
                        raise TableFileError(f"has more than {most:,} lines", "leave empty lines out, or split it")
                    start = reader.line_num + 1
            except csv.Error as err:
                problem = f"is not CSV: a quote that does not end, or a cell that is far too long ({err}),"
                raise DamagedFileError(problem, "double the quotes inside of a quoted cell", row=start) from err
            except UnicodeDecodeError as err:
                raise DamagedFileError(f"is not text in {self.dialect.encoding}", "save it as CSV in UTF-8") from err

    def _watch(self, text: io.TextIOWrapper) -> Iterator[str]:
        delimiter, self._delimiters = self.dialect.delimiter, 0
        for line in text:
            self._delimiters += line.count(delimiter)
            if self._delimiters > _MAX_DELIMITERS:
                self._limits.check_columns(self._delimiters)
            yield line


def find_dialect(source: Source, knows: Knows) -> Dialect:
    """Encoding and delimiter of a text file.

    Raises:
        DamagedFileError: it is not a text, or one that is no table.
    """
    with source.open() as file:
        sample = file.read(_SAMPLE_BYTES)
    marked = [encoding for mark, encoding in BYTE_ORDER_MARKS if sample.startswith(mark)][:1]
    readings = [_read_sample(sample, encoding, knows) for encoding in marked or ("utf-8", *_CODE_PAGES)]
    found = [reading for reading in readings if reading is not None]
    # what reads as UTF-8 to its end is no other encoding
    found.sort(key=lambda reading: (reading[1].encoding != "utf-8", -reading[0]))
    for _, dialect in found:
        if _is_written_in(source, dialect.encoding):
            return dialect
    raise DamagedFileError("is not text", "save it as CSV in UTF-8, as .xlsx or as .parquet")


def _read_sample(sample: bytes, encoding: str, knows: Knows) -> tuple[int, Dialect] | None:
    """How many headers are known in an encoding, and the dialect; None where it cannot be the text's.

    Raises:
        DamagedFileError: it is a text, and no table.
    """
    try:
        # the last letter of the sample may be cut
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return None
    if 10 * len(_CONTROL.findall(text)) >= len(text):
        return None
    if markup := _MARKUP.match(text):
        problem = f"is not a CSV but a web page: it begins with {markup.group().strip()}"
        raise DamagedFileError(problem, "download the CSV itself, or open the page in a spreadsheet and save it as CSV")
    if _JSON.match(text):
        raise DamagedFileError("is not a CSV but JSON", "download the CSV itself, or convert it")
    known, delimiter = find_delimiter(text, knows)
    return known, Dialect(encoding, delimiter)


def _is_written_in(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.open() as file:
        try:
            while part := file.read(_PART):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def find_delimiter(sample: str, knows: Knows) -> tuple[int, str]:
    """How many headers are known at best in the beginning of a file, and the delimiter under which they are."""
    judged = [(_judge(sample, delimiter, knows), delimiter) for delimiter in DELIMITERS]
    # the first of equals
    (known, _, _), delimiter = max(judged, key=lambda entry: entry[0])
    return known, delimiter


def _judge(sample: str, delimiter: str, knows: Knows) -> tuple[int, bool, float]:
    """Known headers, whether it divides most rows, and the share of rows as wide as their header, or as most are."""
    rows = _split(sample, delimiter)
    if not rows:
        return 0, False, 0.0
    known = [sum(map(knows, row)) for row in rows[:_HEADER_ROWS]]
    best = max(known)
    start = known.index(best)
    width = len(rows[start]) if best else mode(map(len, rows))
    as_wide = sum(len(row) == width for row in rows[start:]) / len(rows[start:])
    return best, width > 1 and as_wide >= _MOST, as_wide


def _split(sample: str, delimiter: str) -> Sequence[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True):
            if any(row):
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        # a cut last row, or not this delimiter
        return rows
    return rows
