import csv
import io
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from gpu_kedro.intake.errors import TableFileError
from streamlit_app.fleet.files import read_fleet, write_csv, write_workbook

UNREAD = (["row"], [])
LIMITS = {"max_rows": 100, "max_bytes": 1_000_000}
TABLE = pd.DataFrame({"asset": [1, 2], "GPU": ["RTX 3070", "Radeon™ RX 580"]})


def to_excel(rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def to_parquet(table):
    out = io.BytesIO()
    table.to_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TABLE.to_csv(index=False).encode(),
        TABLE.to_csv(index=False, sep=";").encode("utf-8-sig"),
        TABLE.to_csv(index=False, sep="\t").encode("utf-16"),
        TABLE.to_csv(index=False, sep="|").encode("cp1252"),
        TABLE.to_csv(index=False, lineterminator="\r\n").encode() + b"\r\n,\r\n",
        to_excel([["asset", "GPU"], [1, "RTX 3070"], [2, "Radeon™ RX 580"], [None, None]]),
        to_parquet(TABLE),
    ],
)
def test_every_kind_of_file_gives_the_same_list(content):
    table = read_fleet(content, None, **LIMITS)
    assert table.columns == ["asset", "GPU"]
    assert [table.name(row) for row in table.rows] == ["RTX 3070", "Radeon™ RX 580"]
    assert [str(row.cells[0]) for row in table.rows] == ["1", "2"]
    assert [row.query["name"] for row in table.rows] == ["RTX 3070", "Radeon™ RX 580"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"name\n", "no rows"),
        (b"name\n" + b"x\n" * 101, "more than 100 rows"),
        (b"n" * 1_000_001, "1.0 MB"),
        (b"\x00\x01\x02\x00", "not text"),
        (to_parquet(pd.DataFrame({"name": ["x"] * 101})), "more than 100 rows"),
        (b",".join(b"name" for _ in range(201)) + b"\nx\n", "more than 200 columns"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, words):
    with pytest.raises(TableFileError) as caught:
        read_fleet(content, None, **LIMITS)
    assert words in str(caught.value)


def test_columns_of_one_name_are_told_apart():
    assert read_fleet(b"name,own,own,\nx,y,z,\n", None, **LIMITS).columns == ["name", "own", "own (3)", "column 4"]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    try:
        table = read_fleet(content, None, **LIMITS)
    except TableFileError:
        return
    assert table.columns


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


def test_no_cell_of_a_csv_file_is_run():
    rows = list(csv.reader(io.StringIO(write_csv(["=x", "n"], [[one, -1.5] for one in FORMULAS]).decode("utf-8-sig"))))
    assert rows[0] == ["'=x", "n"]
    # behind a tab or an end of line another reader begins a cell, which gets an apostrophe too
    told = [f"'{one}".replace("\t=", "\t'=").replace("\r=", "\r'=") for one in FORMULAS]
    assert [row[0] for row in rows[1:]] == told
    assert {row[1] for row in rows[1:]} == {"-1.5"}


def test_no_cell_of_an_excel_file_is_run():
    sheet = load_workbook(io.BytesIO(write_workbook(["=x", "n"], [[one, -1.5] for one in FORMULAS], UNREAD))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert sheet["A2"].value == "'=1+1"
    assert sheet["B2"].value == -1.5


def test_what_excel_cannot_hold_is_left_out():
    sheet = load_workbook(io.BytesIO(write_workbook(["name"], [["a\x00b\x1bc\ud800" + "x" * 40_000]], UNREAD))).active
    assert sheet["A2"].value.startswith("abcx")
    assert len(sheet["A2"].value) == 32_000


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(10))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_an_excel_file_whose_entities_grow_without_end_is_refused(part):
    book = to_excel([["name"], ["RTX 3070"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as bomb:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == part:
                _, mark, rest = content.partition("?>")
                body = rest if mark else content
                root = body.lstrip()[1:].split(">")[0].split()[0].strip("/")
                content = f"<!DOCTYPE {root} [{ENTITIES}]>" + body.replace(">", ">&e9;", 1)
            bomb.writestr(name, content)
    with pytest.raises(TableFileError, match="not Excel"):
        read_fleet(out.getvalue(), None, **LIMITS)
