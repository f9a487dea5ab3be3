"""Where a table's bytes are, what they may cost, and which kind of file they are by what they begin with."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

from gpu_kedro.intake.errors import DamagedFileError, TableFileError

Kind = Literal["csv", "excel", "parquet"]
CSV: Final = "csv"
EXCEL: Final = "excel"
PARQUET: Final = "parquet"

_HEAD_BYTES = 4096
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls), or one with a password", "save it as .xlsx without one"),
    (b"\x1f\x8b", "is a gzip archive", "unpack it first"),
    (b"BZh", "is a bzip2 archive", "unpack it first"),
    (b"7z\xbc\xaf", "is a 7z archive", "unpack it first"),
    (b"%PDF", "is a PDF document", "give the table itself, as CSV, Excel or Parquet"),
    (b"SQLite format 3", "is a SQLite database", "export its table as CSV"),
)


Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Source:
    """A table's bytes: themselves, by the path of a file that holds them, or by what opens it elsewhere."""

    content: bytes | Path | Opener

    def open(self) -> IO[bytes]:
        """A stream of them from the beginning, which can be rewound.

        Raises:
            TableFileError: there is no such file, or it may not be read.
        """
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        if not isinstance(self.content, Path):
            return self.content()
        try:
            return self.content.open("rb")
        except FileNotFoundError as err:
            raise TableFileError("does not exist", "check its path") from err
        except IsADirectoryError as err:
            raise TableFileError("is a folder", "give the path of a file inside it") from err
        except OSError as err:
            raise TableFileError(f"cannot be read ({err.strerror})", "check that you may read it") from err


@dataclass(frozen=True)
class Limits:
    """What a file may cost; more is refused before it is paid.

    Args:
        rows: under the header.
        fewest_rows: less are refused.
        cells: rows × columns, where all of them are kept.
        lines: of a CSV file with the empty ones, which would take seconds to pass over.
        unpacked_bytes: of all that a compressed file holds; None for a file of one's own, which is not distrusted.
    """

    rows: int = 1_000_000_000
    fewest_rows: int = 1
    columns: int = 1000
    cells: int | None = None
    lines: int = 2_000_000
    unpacked_bytes: int | None = 400_000_000

    def check_rows(self, rows: int, columns: int) -> None:
        """Refuse a file with too many rows, or too many cells.

        Raises:
            TableFileError: more than `rows` or `cells`.
        """
        if rows > self.rows:
            raise TableFileError(f"has more than {self.rows:,} rows", "split it")
        if self.cells is not None and rows * columns > self.cells:
            raise TableFileError(f"has more than {self.cells:,} cells", "leave out columns that are not needed")

    def check_columns(self, columns: int) -> None:
        """Refuse a file with too many.

        Raises:
            TableFileError: more than `columns`.
        """
        if columns > self.columns:
            raise TableFileError(f"has more than {self.columns:,} columns", "leave out those that are not needed")


class Budget:
    """What the texts of a file may take unpacked: each may stand there once and be meant a million times."""

    #: For rows that are held at the same time.
    _AT_ONCE = 20_000_000

    def __init__(self, limits: Limits) -> None:
        self._left = limits.unpacked_bytes
        self._at_once = 0

    def spend(self, size: int, *, with_last: bool = False) -> None:
        """Take letters or bytes off.

        Args:
            size: of some rows.
            with_last: whether they are held together with those before.

        Raises:
            TableFileError: these, or all of them, take too many.
        """
        if self._left is None:
            return
        self._left -= size
        self._at_once = size + (self._at_once if with_last else 0)
        if self._at_once > self._AT_ONCE or self._left < 0:
            raise TableFileError("unpacks to far more than its size", "split it, or leave out columns of long texts")


def find_kind(source: Source) -> Kind:
    """Which kind of file this is; what is none of the known others is text.

    Raises:
        TableFileError: a kind that is not read, or nothing at all.
    """
    with source.open() as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise TableFileError("is empty", "give one with a header and rows")
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith(b"PK\x03\x04"):
        return EXCEL
    for signature, problem, remedy in _FOREIGN:
        if head.startswith(signature):
            raise DamagedFileError(problem, remedy)
    return CSV


#: For files of the person who reads them: nothing is refused that can be read.
OWN_FILE = Limits(unpacked_bytes=None)
