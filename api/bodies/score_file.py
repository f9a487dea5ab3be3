"""Scores the rows of a CSV or Parquet file: the same rows come back with predictions, and an `error` where one is bad.

The reading is strict about the file and lenient about its rows. PyArrow is imported for Parquet only.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from api.answers.errors import MalformedBodyError, UnusableTableError
from gpu_kedro.contracts.rows import ADDED, disarm, find_header_fault
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.scoring import extend_schema, is_text, score_batch, score_rows

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

T = TypeVar("T")
U = TypeVar("U")
CHUNK_ROWS = 2000
_THREADS = 2
_PART_LETTERS = 1_000_000
_MAX_COLUMNS = 1000
_COLUMNS = f"the file has more than {_MAX_COLUMNS:,} columns"
#: Of one row, with those inside of quoted cells: a row of millions takes a hundred times its size when it is read.
_MAX_COMMAS = 100_000
#: Of a file, with empty ones and those inside of quoted cells; more only where more rows are allowed. A body of nothing
#: but ends of lines would take seconds.
_MAX_LINES = 2_000_000
#: A Parquet file may unpack to many times its size; its texts are unpacked a chunk at a time.
_MAX_CHUNK_BYTES = 20_000_000
_MAX_UNPACKED_BYTES = 400_000_000
#: Decimals and identifiers have less; only texts are looked at before they are unpacked.
_MAX_FIXED_BYTES = 64


def score_csv(content: bytes, runtime: Runtime, max_rows: int) -> Iterator[bytes]:
    """Check a CSV file as a whole, then give it back scored, part by part.

    Cells of text that a spreadsheet would run as a formula get an apostrophe in front; numbers stay as they are.

    Args:
        content: CSV in UTF-8 with a header: `name` or `spec_…`, any other field of a query, and columns of one's own.
        runtime: answers all rows.
        max_rows: more are refused.

    Raises:
        MalformedBodyError: not CSV or not UTF-8.
        UnusableTableError: a header that cannot be scored, no rows, or too many.
    """
    header = _check_csv(content, max_rows)
    return _write_csv(content, header, runtime)


def _read_csv(content: bytes) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    commas = 0

    def watch_lines() -> Iterator[str]:
        nonlocal commas
        for line in text:
            commas += line.count(",")
            if commas > _MAX_COMMAS:
                raise UnusableTableError(_COLUMNS)
            yield line

    for row in csv.reader(watch_lines(), strict=True):
        commas = 0
        if row:
            yield row


def _check_csv(content: bytes, max_rows: int) -> list[str]:
    _check_lines(content.count(b"\n") + content.count(b"\r"), max_rows)
    try:
        rows = _read_csv(content)
        header = [name.strip() for name in next(rows, [])]
        _check_header(header)
        _check_rows(sum(1 for _ in rows), max_rows)
    except UnicodeDecodeError as err:
        raise MalformedBodyError("the file is not UTF-8") from err
    except csv.Error as err:
        raise MalformedBodyError(
            "the file is not CSV: a quote that does not end, or a cell that is far too long"
        ) from err
    return header


def _check_header(header: Sequence[str]) -> None:
    fault = find_header_fault(header)
    if fault is not None:
        raise UnusableTableError(f"the file {fault}; the first row is the header")
    if len(header) > _MAX_COLUMNS:
        raise UnusableTableError(_COLUMNS)


def _check_lines(lines: int, max_rows: int) -> None:
    # "\r\n" counts twice
    most = max(_MAX_LINES, 4 * max_rows)
    if lines > most:
        raise UnusableTableError(f"the file has more than {most:,} ends of lines: leave empty lines out, or split it")


def _check_rows(rows: int, max_rows: int) -> None:
    if rows == 0:
        raise UnusableTableError("the file has no rows under its header")
    if rows > max_rows:
        raise UnusableTableError(f"the file has more than {max_rows:,} rows: split it")


def _write_csv(content: bytes, header: list[str], runtime: Runtime) -> Iterator[bytes]:
    rows = _read_csv(content)
    next(rows)
    out = io.StringIO()
    # lines end as RFC 4180 has it: with "\n" alone, a "\r" in a cell would stay unquoted, and begin a row of its own
    writer = csv.writer(out)
    writer.writerow([disarm(name) for name in (*header, *ADDED)])

    def score(chunk: list[list[str]]) -> tuple[list[list[str]], list[Sequence[Any]]]:
        whole = [dict(zip(header, row, strict=True)) if len(row) == len(header) else None for row in chunk]
        return chunk, [_write_cells(name, cells) for name, cells in score_rows(whole, runtime).items()]

    for chunk, added in _work_ahead(iter(lambda: list(islice(rows, CHUNK_ROWS)), []), score):
        for row, cells in zip(chunk, zip(*added, strict=True), strict=True):
            # a row of another length is filled up or cut, so that the columns behind it stay in place
            kept = (row + [""] * len(header))[: len(header)]
            writer.writerow([*map(disarm, kept), *cells])
            if out.tell() > _PART_LETTERS:
                yield _take(out)
        if out.tell():
            yield _take(out)


def _take(out: io.StringIO) -> bytes:
    part = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return part


def _work_ahead(chunks: Iterable[T], work: Callable[[T], U]) -> Iterator[U]:
    """Work on two chunks at a time, in their order: half of it is arithmetic that lets another thread run."""
    with ThreadPoolExecutor(_THREADS) as threads:
        begun: deque[Future[U]] = deque()
        for chunk in chunks:
            begun.append(threads.submit(work, chunk))
            if len(begun) > _THREADS:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def _write_cells(name: str, cells: Sequence[Any]) -> Sequence[Any]:
    """A column of the answer as cells: texts without formulas, numbers as JSON has them, in their shortest form."""
    if is_text(name):
        return [disarm(cell) for cell in cells]
    return ["" if cell == "null" else cell for cell in orjson.dumps(cells)[1:-1].decode().split(",")]


def score_parquet(content: bytes, runtime: Runtime, max_rows: int) -> bytes:
    """Give a Parquet file back scored; its own columns keep their values and types.

    Args:
        content: a Parquet file with flat columns, as for `score_csv`.
        runtime: answers all rows.
        max_rows: more are refused.

    Raises:
        MalformedBodyError: not Parquet, or damaged.
        UnusableTableError: columns that cannot be scored, no rows, or too many.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(io.BytesIO(content))
        schema = source.schema_arrow
        _check_header(schema.names)
        _check_rows(source.metadata.num_rows, max_rows)
        packed = pq.ParquetFile(io.BytesIO(content), read_dictionary=_list_texts(source))
        sink = io.BytesIO()
        budget = _Budget(_MAX_UNPACKED_BYTES)
        with pq.ParquetWriter(sink, extend_schema(schema)) as writer:
            unpacked = (_unpack(batch, schema, budget) for batch in packed.iter_batches(CHUNK_ROWS))
            for scored in _work_ahead(unpacked, lambda batch: score_batch(batch, runtime)):
                writer.write_batch(scored)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise MalformedBodyError("the file is not Parquet, or damaged") from err
    return sink.getvalue()


def _list_texts(source: "pq.ParquetFile") -> list[str]:
    """Columns of texts, to be read with each text once.

    Raises:
        UnusableTableError: a column of lists, records or long byte strings, or a file far larger than what was sent.
    """
    import pyarrow as pa

    fields = list(source.schema_arrow)
    if any(pa.types.is_nested(field.type) for field in fields):
        raise UnusableTableError("the file has a column of lists or records: leave it out")
    if any(pa.types.is_fixed_size_binary(field.type) and field.type.byte_width > _MAX_FIXED_BYTES for field in fields):
        raise UnusableTableError("the file has a column of long byte strings: leave it out")
    groups = [source.metadata.row_group(place) for place in range(source.metadata.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > _MAX_UNPACKED_BYTES:
        raise UnusableTableError(_UNPACKS)
    columns = [source.schema.column(place) for place in range(len(source.schema.names))]
    return [column.name for column in columns if column.physical_type == "BYTE_ARRAY"]


_UNPACKS = "the texts of the file unpack to far more than its size"


class _Budget:
    """What the texts of a file may still take when they are unpacked.

    Args:
        left: in bytes.
    """

    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self, size: int) -> None:
        """Take bytes off.

        Raises:
            UnusableTableError: a chunk, or all of them, take too many.
        """
        self._left -= size
        if size > _MAX_CHUNK_BYTES or self._left < 0:
            raise UnusableTableError(_UNPACKS)


def _unpack(batch: "pa.RecordBatch", schema: "pa.Schema", budget: _Budget) -> "pa.RecordBatch":
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for read, field in zip(batch.columns, schema, strict=True):
        column = read
        if pa.types.is_dictionary(column.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            budget.spend(pc.sum(lengths).as_py() or 0)
            if not pa.types.is_dictionary(field.type):
                column = column.dictionary_decode()
        columns.append(column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
