import datetime
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import find_refusal, open_gpus, read_numbers, read_values, to_parquet

from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.source import OWN_FILE

FAR = pa.array([2**62, -(2**62), None], pa.timestamp("ms"))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([datetime.date(2020, 1, 2)] * 3, pa.date32()),
        pa.array([1, 2, 3], pa.date64()),
        FAR,
        pa.array([1, 2, None], pa.timestamp("ns", "Mars/Phobos")),
        pa.array([1, 2, None], pa.timestamp("us", "+99:99")),
        pa.array([2**62, 1, None], pa.duration("s")),
        pa.array([1, 2, None], pa.time64("ns")),
        pa.array([b"\xff", b"a", None], pa.binary()),
        pa.array(["a", "b", None]).dictionary_encode(),
        pa.array(["a", "b", None], pa.large_string()),
        pa.nulls(3),
    ],
)
@pytest.mark.parametrize("limits", [None, OWN_FILE])
def test_columns_of_odd_types_are_read_or_refused(column, limits):
    refusal = find_refusal(to_parquet(GPU=["RTX 1", "RTX 2", "RTX 3"], own=column), limits)
    assert refusal == "" or "in column 'own'" in refusal


@pytest.mark.parametrize("column", [FAR, pa.array([2**62, 1, None], pa.duration("s")), pa.nulls(3)])
def test_odd_types_where_a_number_is_looked_for_cost_their_cells(column):
    table = open_gpus(to_parquet(GPU=["RTX 1", "RTX 2", "RTX 3"], TDP=column))
    assert read_values(table, "tdp_w") == [None, None, None]


@pytest.mark.parametrize("encoding", ["DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_plain_encodings_of_texts_are_read(encoding, version):
    options = {"use_dictionary": False, "column_encoding": {"GPU": encoding}, "data_page_version": version}
    content = to_parquet(options, GPU=["RTX 1", None, "RTX 3"])
    assert read_values(open_gpus(content), "name") == ["RTX 1", None, "RTX 3"]


def test_an_encoding_that_may_grow_without_end_is_refused_where_files_are_not_trusted():
    options = {"use_dictionary": False, "column_encoding": {"GPU": "DELTA_BYTE_ARRAY"}}
    content = to_parquet(options, GPU=["RTX 1", "RTX 2"])
    with pytest.raises(TableFileError, match="DELTA_BYTE_ARRAY in column 'GPU': write it with a dictionary"):
        open_gpus(content)
    assert read_values(open_gpus(content, limits=OWN_FILE), "name") == ["RTX 1", "RTX 2"]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_every_compression_is_read(compression):
    content = to_parquet({"compression": compression}, GPU=["RTX 1"] * 5000, TDP=[170.5] * 5000)
    assert read_values(open_gpus(content), "tdp_w") == [170.5] * 5000


@pytest.mark.parametrize("limits", [None, OWN_FILE])
def test_small_groups_are_gathered(limits):
    content = to_parquet({"row_group_size": 7}, GPU=[f"RTX {place}" for place in range(5000)])
    chunks = list(open_gpus(content, limits=limits).chunks())
    assert [len(chunk.numbers) for chunk in chunks] == [2000, 2000, 1000]
    assert [name for chunk in chunks for name in chunk.values["name"]] == [f"RTX {place}" for place in range(5000)]


def test_rows_are_counted_from_1():
    assert read_numbers(open_gpus(to_parquet(GPU=["RTX 1", "RTX 2"]))) == [1, 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PAR1", "not Parquet"),
        (to_parquet(GPU=["RTX 1"])[:-9], "not Parquet"),
        (to_parquet(GPU=["RTX 1"], nested=[[1]]), "lists or records in column 'nested'"),
        (to_parquet(GPU=["RTX 1"], nested=[{"a": 1}]), "lists or records"),
        (to_parquet(GPU=["RTX 1"], own=pa.array([b"x" * 1000], pa.binary(1000))), "long byte strings"),
        (to_parquet(GPU=pa.array([], pa.string())), "neither a column|no rows"),
    ],
)
def test_what_is_no_flat_parquet_says_so(content, words):
    with pytest.raises(TableFileError, match=words):
        open_gpus(content)


WHOLE = to_parquet(GPU=["RTX 1", None, "RTX 3"] * 50, TDP=[1.5, None, 3.0] * 50)


@settings(deadline=None)
@given(st.data())
def test_a_file_with_changed_bytes_is_read_or_refused(data):
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert "\n" not in find_refusal(bytes(content))


def to_varint(value: int) -> bytes:
    """As Thrift writes a number."""
    value, out = 2 * value, bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def test_what_pages_say_of_themselves_counts_and_not_what_the_index_says():
    out = io.BytesIO()
    table = pa.table({"GPU": ["RTX " + "x" * 70_000_000]})
    pq.write_table(table, out, use_dictionary=False, compression="zstd", write_statistics=False)
    content = out.getvalue()
    assert len(content) < 100_000
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    told = pq.ParquetFile(out).metadata.row_group(0).column(0).total_uncompressed_size
    # the same number of bytes that mean 0
    lying = content[:footer] + content[footer:].replace(to_varint(told), b"\x80\x80\x80\x00")
    assert pq.ParquetFile(io.BytesIO(lying)).metadata.row_group(0).column(0).total_uncompressed_size == 0
    for bomb in (content, lying):
        with pytest.raises(TableFileError, match="unpacks to far more than its size"):
            open_gpus(bomb)
