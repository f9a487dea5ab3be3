"""Small files that would take gigabytes or minutes: each is refused, or read, for little memory.

Each is read in a process of its own, whose highest memory is compared with what it had before.
"""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables import replace_parts, to_excel, to_parquet
from workspace import PROJECT

MOST_MB = 50
READ = """
import json, re, sys
from pathlib import Path
import pyarrow.parquet
from tables import find_refusal
from gpu_kedro.intake.source import Limits
def highest():
    # of this program alone: what getrusage tells is that of the process which started it
    return int(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
content = Path(sys.argv[1]).read_bytes()
before = highest()
refusal = find_refusal(content, Limits(**json.loads(sys.argv[2])))
print(json.dumps([refusal, highest() - before]))
"""
BOOK = to_excel([["GPU"], ["RTX 3060"]])
SHEET = '<worksheet xmlns="x"><sheetData>{}</sheetData></worksheet>'
SERVICE = {"rows": 500_000}
APP = {"rows": 20_000, "columns": 200, "cells": 2_000_000, "unpacked_bytes": 100_000_000}


def read_apart(content: bytes, limits: dict[str, int], tmp_path: Path, script: str = READ) -> tuple[str, float]:
    """Why a file is refused, and how much memory that took in MB."""
    (tmp_path / "file").write_bytes(content)
    command = [sys.executable, "-c", script, str(tmp_path / "file"), json.dumps(limits)]
    paths = f"{PROJECT / 'src'}:{PROJECT / 'tests' / 'support'}"
    done = subprocess.run(command, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True, timeout=300)
    refusal, grown = json.loads(done.stdout)
    return refusal, grown


def one_row_groups(groups: int) -> bytes:
    return to_parquet({"row_group_size": 1}, GPU=["RTX 1"] * groups, own=[1] * groups)


def one_text_many_times() -> bytes:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["RTX " + "x" * 100_000])
    return to_parquet({"compression": "zstd", "store_schema": False}, GPU=texts)


def lone_page() -> bytes:
    return to_parquet({"use_dictionary": False, "compression": "zstd"}, GPU=["RTX " + "x" * 70_000_000])


def shared_texts(count: int, said: int | None = None) -> bytes:
    head = f'<sst xmlns="x" uniqueCount="{count if said is None else said}">'
    return replace_parts(BOOK, sharedStrings=head + "<si><t>a</t></si>" * count + "</sst>")


def stated_size() -> bytes:
    rows = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="str"><v>GPU</v></c></row>'
    last = '<row r="1048576"><c r="A1048576" t="str"><v>RTX 1</v></c></row></sheetData>'
    return replace_parts(BOOK, sheet1=f'<worksheet xmlns="x">{rows}{last}</worksheet>')


def long_text_many_times() -> bytes:
    texts = f'<sst xmlns="x"><si><t>GPU</t></si><si><t>RTX {"x" * 30_000}</t></si></sst>'
    row = '<row><c t="s"><v>1</v></c></row>'
    sheet = SHEET.format('<row><c t="s"><v>0</v></c></row>' + row * 20_000)
    return replace_parts(BOOK, sharedStrings=texts, sheet1=sheet)


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place in range(30_000):
            archive.writestr(f"xl/{place:06}", b"")
    return out.getvalue()


ATTACKS: dict[str, tuple[Callable[[], bytes], dict[str, int], str]] = {
    "4,000 groups of one row": (lambda: one_row_groups(4_000), SERVICE, "more than 2,000 row groups"),
    "60,000 groups of one row": (lambda: one_row_groups(60_000), SERVICE, "far too large index"),
    "2 GB of one text": (one_text_many_times, SERVICE, "unpacks to far more"),
    "2 GB of one text, in the app": (one_text_many_times, APP, "unpacks to far more"),
    "a page of 70 MB": (lone_page, SERVICE, "unpacks to far more"),
    "a million cells of nothing": (
        lambda: to_parquet(None, GPU=["RTX 1"] * 20_000, **{f"c{place}": pa.nulls(20_000) for place in range(150)}),
        APP,
        "more than 2,000,000 cells",
    ),
    "a sheet said to be A1:XFD1048576": (stated_size, APP, ""),
    "2 million shared texts": (lambda: shared_texts(2_000_000), APP, "more than 1,000,000 different texts"),
    "2 million shared texts said to be 1": (lambda: shared_texts(2_000_000, 1), APP, "1,000,000 different texts"),
    "one row of 3 million cells": (
        lambda: replace_parts(BOOK, sheet1=SHEET.format("<row>" + "<c><v>1</v></c>" * 3_000_000 + "</row>")),
        APP,
        "more than 200 columns",
    ),
    "millions of empty elements": (
        lambda: replace_parts(BOOK, sheet1=SHEET.format("<row>" + "<a/>" * 8_100_000 + "</row>")),
        APP,
        "far too many cells",
    ),
    "elements in elements": (lambda: replace_parts(BOOK, sheet1="<a>" * 5_000_000), APP, "not Excel"),
    "a tag of 50 MB": (lambda: replace_parts(BOOK, sheet1=f'<a b="{"x" * 50_000_000}"/>'), APP, "not Excel"),
    "a text of 50 MB": (
        lambda: replace_parts(BOOK, sheet1=SHEET.format(f'<row><c t="str"><v>{"x" * 50_000_000}</v></c></row>')),
        APP,
        "a cell that is far too long",
    ),
    "a long text in each of 20,000 rows": (long_text_many_times, APP, "unpacks to far more"),
    "120 MB in a part": (
        lambda: replace_parts(BOOK, sheet1=" " * 120_000_000),
        APP,
        "unpacks to far more",
    ),
    "30,000 parts": (many_parts, APP, "far more parts"),
    "a row of a million commas": (lambda: b"GPU,b\n" + b"," * 1_000_000 + b"\n", SERVICE, "more than 1,000 columns"),
    "10 million empty lines": (lambda: b"GPU\nRTX 1" + b"\n" * 10_000_000, SERVICE, "more than 2,000,000 lines"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_small_file_takes_little_memory(attack, tmp_path):
    make, limits, words = ATTACKS[attack]
    refusal, grown = read_apart(make(), limits, tmp_path)
    assert words in refusal
    assert bool(words) == bool(refusal)
    assert grown <= MOST_MB


def test_the_measure_sees_memory(tmp_path):
    names = [f"RTX {place}" for place in range(100_000)]
    kept = READ.replace("refusal = find_refusal", 'kept = b"x" * 200_000_000; refusal = find_refusal')
    assert read_apart(to_parquet(None, GPU=names), SERVICE, tmp_path, kept)[1] >= 180


def test_memory_does_not_grow_with_the_rows_of_a_file(tmp_path):
    lines = [b"id,GPU,TDP", *(b"%d,RTX %d,170" % (place, place) for place in range(200_000))]
    refusal, grown = read_apart(b"\n".join(lines), SERVICE, tmp_path)
    assert (refusal, grown <= 30) == ("", True)


def test_a_plain_table_written_by_pandas_stays_below_the_limits(tmp_path):
    names = [f"RTX {place}" for place in range(300_000)]
    refusal, grown = read_apart(to_parquet(None, GPU=names, TDP=[1.5] * len(names)), SERVICE, tmp_path)
    # Arrow keeps each different text of a column once
    assert (refusal, grown <= 150) == ("", True)
    assert pq.ParquetFile(tmp_path / "file").metadata.num_rows == 300_000
