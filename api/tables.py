"""Scores the rows of a CSV or Parquet file: the same rows come back with predictions, and an `error` where one is bad.

The reading is strict about the file and lenient about its rows. PyArrow is imported for Parquet only.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from api.errors import MalformedBodyError, UnusableTableError
from gpu_kedro.serving.contracts import PredictionColumns
from gpu_kedro.serving.rows import QUERY_FIELDS, disarm, is_spec, read_query
from gpu_kedro.serving.runtime import Runtime

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
U = TypeVar("U")
CHUNK_ROWS = 2000
_THREADS = 2
_MAX_COLUMNS = 1000
#: A Parquet file may unpack to many times its size; its texts are unpacked a chunk at a time.
_MAX_UNPACKED = 20
_ADDED = tuple(name for name in PredictionColumns.model_fields if name not in ("rows", "name"))
ERROR = "error"


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
    return (row for row in csv.reader(text, strict=True) if row)


def _check_csv(content: bytes, max_rows: int) -> list[str]:
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
    fields = {name for name in header if name == "name" or is_spec(name)}
    if not fields:
        raise UnusableTableError("the file has neither a column `name` nor one `spec_…`; the first row is the header")
    if len(set(header)) < len(header):
        raise UnusableTableError("the header has a name twice")
    if len(header) > _MAX_COLUMNS:
        raise UnusableTableError(f"the file has more than {_MAX_COLUMNS:,} columns")
    taken = [name for name in (*_ADDED, ERROR) if name in header]
    if taken:
        raise UnusableTableError(
            f"the file has a column `{taken[0]}` already, which the answer adds: rename or drop it"
        )


def _check_rows(rows: int, max_rows: int) -> None:
    if rows == 0:
        raise UnusableTableError("the file has no rows under its header")
    if rows > max_rows:
        raise UnusableTableError(f"the file has more than {max_rows:,} rows: split it")


def _write_csv(content: bytes, header: list[str], runtime: Runtime) -> Iterator[bytes]:
    rows = _read_csv(content)
    next(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([disarm(name) for name in (*header, *_ADDED, ERROR)])

    def score(chunk: list[list[str]]) -> tuple[list[list[str]], list[Sequence[Any]]]:
        whole = [dict(zip(header, row, strict=True)) if len(row) == len(header) else None for row in chunk]
        return chunk, [_write_cells(name, cells) for name, cells in _score(whole, runtime).items()]

    for chunk, added in _work_ahead(iter(lambda: list(islice(rows, CHUNK_ROWS)), []), score):
        for row, cells in zip(chunk, zip(*added, strict=True), strict=True):
            # a row of another length is filled up or cut, so that the columns behind it stay in place
            kept = (row + [""] * len(header))[: len(header)]
            writer.writerow([*map(disarm, kept), *cells])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


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
    if _is_text(name):
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
        nested = any(pa.types.is_nested(field.type) for field in schema)
        if nested:
            raise UnusableTableError("the file has a column of lists or records: leave it out")
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
        packed = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts)
        added = [pa.field(name, _arrow_type(name)) for name in (*_ADDED, ERROR)]
        sink = io.BytesIO()
        limit = _MAX_UNPACKED * max(len(content), 1_000_000)
        with pq.ParquetWriter(sink, pa.schema([*schema, *added], metadata=schema.metadata)) as writer:
            unpacked = (_unpack(batch, schema, limit) for batch in packed.iter_batches(CHUNK_ROWS))
            for scored in _work_ahead(unpacked, lambda batch: _score_batch(batch, added, runtime)):
                writer.write_batch(scored)
    except (pa.ArrowException, OSError) as err:
        raise MalformedBodyError("the file is not Parquet, or damaged") from err
    return sink.getvalue()


def _unpack(batch: "pa.RecordBatch", schema: "pa.Schema", limit: int) -> "pa.RecordBatch":
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column, field in zip(batch.columns, schema, strict=True):
        if pa.types.is_dictionary(column.type) and not pa.types.is_dictionary(field.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            if (pc.sum(lengths).as_py() or 0) > limit:
                raise UnusableTableError("the texts of the file unpack to far more than its size")
        columns.append(column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _score_batch(batch: "pa.RecordBatch", added: Sequence["pa.Field"], runtime: Runtime) -> "pa.RecordBatch":
    import pyarrow as pa

    asked = [name for name in batch.schema.names if name in QUERY_FIELDS or is_spec(name)]
    columns = [batch.column(name).to_pylist() for name in asked]
    cells = _score([dict(zip(asked, row, strict=True)) for row in zip(*columns, strict=True)], runtime)
    arrays = [pa.array(cells[field.name], field.type) for field in added]
    return pa.RecordBatch.from_arrays(
        [*batch.columns, *arrays], schema=pa.schema([*batch.schema, *added], metadata=batch.schema.metadata)
    )


def _arrow_type(name: str) -> "pa.DataType":
    import pyarrow as pa

    return pa.string() if _is_text(name) else pa.float64()


def _is_text(added: str) -> bool:
    return added == ERROR or "float" not in str(PredictionColumns.model_fields[added].annotation)


def _score(rows: Sequence[Mapping[str, Any] | None], runtime: Runtime) -> dict[str, list[Any]]:
    """Columns of predictions and of errors for rows of cells; None is a row of the wrong length."""
    queries: list[dict[str, Any]] = []
    places: list[int] = []
    errors: list[str | None] = []
    for place, row in enumerate(rows):
        try:
            queries.append(read_query(row))
        except ValueError as err:
            errors.append(str(err))
        else:
            places.append(place)
            errors.append(None)
    answers = runtime.predict_columns(queries) if queries else {}
    columns: dict[str, list[Any]] = {name: [None] * len(rows) for name in _ADDED}
    for name, values in columns.items():
        for place, value in zip(places, answers.get(name, ()), strict=True):
            values[place] = value
    return {**columns, ERROR: errors}
