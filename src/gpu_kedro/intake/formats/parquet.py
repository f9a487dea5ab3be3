"""Parquet files: their rows in batches of one size, whatever groups they were written in.

What is read costs what its rows and columns cost, not what its groups, pages or index claim. PyArrow is imported only
when a file is opened.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from gpu_kedro.intake.errors import DamagedFileError, TableFileError, telling_damage
from gpu_kedro.intake.formats.parquet_pages import read_pages
from gpu_kedro.intake.source import Budget, Limits, Source

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_MAX_FOOTER_BYTES = 4_000_000
_MAX_HELD_BYTES = 60_000_000
_MAX_GROUPS = 2000
_MAX_PAGES = 100_000
_MAX_PAGE_BYTES = 64_000_000
#: Decimals and identifiers have less; only texts are looked at before they are unpacked.
_MAX_FIXED_BYTES = 64
#: Each value repeats the beginning of the one before: a page may grow without end when it is read.
_DELTA_TEXTS = 7
#: Pages of numbers into a dictionary of texts.
_DICTIONARY = (2, 8)
_UNPACKS = "unpacks to far more than its size"
_DAMAGED = ("is not Parquet, or damaged", "write it again")


class ParquetTable:
    """A flat Parquet file.

    Raises:
        TableFileError: it is not Parquet, not flat, or would unpack to too much.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._texts: dict[str, int] = {}
        with _telling_damage(), source.open() as file:
            if limits.unpacked_bytes is not None:
                _check_footer(file)
            opened = _open(file)
            metadata = opened.metadata
            limits.check_columns(metadata.num_columns)
            self.row_count: int = metadata.num_rows
            self.schema: pa.Schema = opened.schema_arrow
            _check_types(opened)
            if limits.unpacked_bytes is not None:
                self._texts = _list_texts(opened, _check_pages(opened, file, limits.unpacked_bytes))

    @property
    def held_bytes(self) -> int:
        """What reading it keeps in memory: each text of a column once, in growing pieces."""
        return min(4 * sum(self._texts.values()), _MAX_HELD_BYTES)

    def batches(self, rows: int) -> Iterator["pa.RecordBatch"]:
        """Rows in their order and types, so many in each batch but the last.

        Raises:
            TableFileError: the file is damaged, or its texts unpack to too much.
        """
        import pyarrow as pa

        with _telling_damage(), self._source.open() as file:
            packed = _open(file, self._texts)
            budget = Budget(self._limits)
            waiting: list[pa.RecordBatch] = []
            count = 0
            for batch in packed.iter_batches(rows):
                count += len(batch)
                waiting.append(_unpack(batch, self.schema, budget) if self._texts else batch)
                while sum(map(len, waiting)) >= rows:
                    whole = _combine(waiting)
                    yield whole.slice(0, rows)
                    waiting = [whole.slice(rows)] if len(whole) > rows else []
            if count != self.row_count:  # its index counts other rows than its groups have
                raise DamagedFileError(*_DAMAGED)
            if waiting:
                yield _combine(waiting)

    def cells(self, batch: "pa.RecordBatch", place: int) -> list[Any]:
        """A column's cells as Python has them; what it cannot hold comes as text.

        Raises:
            TableFileError: not even a text can be made of it.
        """
        import pyarrow as pa

        column = batch.column(place)
        try:
            cells: list[Any] = column.to_pylist()
        except (ValueError, OverflowError, LookupError, pa.ArrowException):
            # times beyond Python's years, or in a zone that it does not know
            try:
                cells = column.cast(pa.string()).to_pylist()
                if pa.types.is_duration(column.type):
                    cells = [None if cell is None else f"{cell} {column.type.unit}" for cell in cells]
            except (ValueError, pa.ArrowException) as err:
                name = self.schema.names[place]
                raise TableFileError(f"has values of the type {column.type}", "write texts", column=name) from err
        return cells


def _telling_damage() -> AbstractContextManager[None]:
    import pyarrow as pa

    return telling_damage(_DAMAGED, pa.ArrowException, OSError, UnicodeDecodeError, ValueError, OverflowError)


def _open(file: Any, texts: Collection[str] = ()) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    return pq.ParquetFile(file, read_dictionary=list(texts))


def _check_footer(file: Any) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - 8))
    tail = file.read()
    footer = int.from_bytes(tail[:4], "little")
    if len(tail) < 8 or tail[4:] != b"PAR1" or footer > size:
        raise DamagedFileError(*_DAMAGED)
    if footer > _MAX_FOOTER_BYTES:
        raise TableFileError("has a far too large index", "write it with fewer, larger row groups")
    file.seek(0)


def _check_types(opened: "pq.ParquetFile") -> None:
    import pyarrow as pa

    for field in opened.schema_arrow:
        if pa.types.is_nested(field.type):
            raise TableFileError("has a column of lists or records", "leave it out", column=field.name)
        if pa.types.is_fixed_size_binary(field.type) and field.type.byte_width > _MAX_FIXED_BYTES:
            raise TableFileError("has a column of long byte strings", "leave it out", column=field.name)
    columns = [opened.schema.column(place) for place in range(opened.metadata.num_columns)]
    if any(column.max_repetition_level for column in columns) or len(columns) != len(opened.schema_arrow):
        raise TableFileError("has a column of lists or records", "leave it out")


def _list_texts(opened: "pq.ParquetFile", unpacked: Mapping[str, int]) -> dict[str, int]:
    """Columns of texts that are read with each text once, to be looked at before they are unpacked, and their bytes."""
    columns = [opened.schema.column(place) for place in range(opened.metadata.num_columns)]
    texts = (column.name for column in columns if column.physical_type == "BYTE_ARRAY")
    return {name: unpacked[name] for name in texts if name in unpacked}


def _check_pages(opened: "pq.ParquetFile", file: Any, left: int) -> dict[str, int]:
    """Refuse groups and pages that unpack to too much; the bytes of columns in which one text may stand for many."""
    if opened.metadata.num_row_groups > _MAX_GROUPS:
        raise TableFileError(f"has more than {_MAX_GROUPS:,} row groups", "write it with fewer, larger ones")
    pages = 0
    sizes: Counter[str] = Counter()
    packed: set[str] = set()
    for group in map(opened.metadata.row_group, range(opened.metadata.num_row_groups)):
        for chunk in map(group.column, range(group.num_columns)):
            # a chunk without rows has no place for its data
            starts = [chunk.data_page_offset, chunk.dictionary_page_offset if chunk.has_dictionary_page else None]
            start = min((start for start in starts if start), default=0)
            for page in read_pages(file, start, chunk.total_compressed_size):
                left, pages = left - page.size, pages + 1
                if page.size > _MAX_PAGE_BYTES or left < 0 or pages > _MAX_PAGES:
                    raise TableFileError(_UNPACKS, "split it")
                if page.encoding == _DELTA_TEXTS:
                    problem = "has a column in the encoding DELTA_BYTE_ARRAY"
                    raise TableFileError(problem, "write it with a dictionary", column=chunk.path_in_schema)
                sizes[chunk.path_in_schema] += page.size
                if page.encoding in _DICTIONARY:
                    packed.add(chunk.path_in_schema)
    file.seek(0)
    return {name: sizes[name] for name in packed}


def _unpack(batch: "pa.RecordBatch", schema: "pa.Schema", budget: Budget) -> "pa.RecordBatch":
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


def _combine(batches: Sequence["pa.RecordBatch"]) -> "pa.RecordBatch":
    """One batch of several, none of which keeps the memory of those it was cut from."""
    import pyarrow as pa

    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)
