import csv
import io
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from streamlit_app.fleet.files import FleetFileError, read_fleet, write_csv, write_excel

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
    ("filename", "content"),
    [
        ("a.csv", TABLE.to_csv(index=False).encode()),
        ("a.csv", TABLE.to_csv(index=False, sep=";").encode("utf-8-sig")),
        ("a.tsv", TABLE.to_csv(index=False, sep="\t").encode("utf-16")),
        ("a.txt", TABLE.to_csv(index=False, sep="|").encode("cp1252")),
        ("A.CSV", TABLE.to_csv(index=False, lineterminator="\r\n").encode() + b"\r\n,\r\n"),
        ("a.xlsx", to_excel([["asset", "GPU"], [1, "RTX 3070"], [2, "Radeon™ RX 580"], [None, None]])),
        ("a.parquet", to_parquet(TABLE)),
    ],
)
def test_every_kind_of_file_gives_the_same_list(filename, content):
    table = read_fleet(filename, content, **LIMITS)
    assert table.columns == ["asset", "GPU"]
    assert table.column("GPU") == ["RTX 3070", "Radeon™ RX 580"]
    assert [str(cell) for cell in table.column("asset")] == ["1", "2"]


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"name\n", "no rows"),
        ("a.csv", b"name\n" + b"x\n" * 101, "more than 100 rows"),
        ("a.csv", b"n" * 1_000_001, "1.0 MB"),
        ("a.csv", b"\x00\x01\x02\x00", "not text"),
        ("a.xls", b"abc", ".xls is not taken"),
        ("a.xlsx", b"abc", "not Excel"),
        ("a.parquet", b"abc", "not Parquet"),
        ("a.parquet", to_parquet(pd.DataFrame({"name": ["x"] * 101})), "101 rows"),
        ("a.csv", b",".join(b"a" for _ in range(201)) + b"\nx\n", "201 columns"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(filename, content, words):
    with pytest.raises(FleetFileError) as caught:
        read_fleet(filename, content, **LIMITS)
    assert words in str(caught.value)


def test_an_excel_file_that_unpacks_to_far_more_is_refused(monkeypatch):
    monkeypatch.setattr("streamlit_app.fleet.files._MAX_UNPACKED_BYTES", 1000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 2000)
    with pytest.raises(FleetFileError, match="unpacks"):
        read_fleet("a.xlsx", out.getvalue(), **LIMITS)


def test_without_a_header_columns_are_numbered():
    table = read_fleet("a.csv", b"RTX 3070,1\nRTX 3060\n", **LIMITS, has_header=False)
    assert table.columns == ["column 1", "column 2"]
    assert table.column("column 1") == ["RTX 3070", "RTX 3060"]
    assert table.column("column 2") == ["1", None]


def test_columns_of_one_name_are_told_apart():
    assert read_fleet("a.csv", b"name,name,\nx,y,z\n", **LIMITS).columns == ["name", "name (2)", "column 3"]


@given(st.binary(max_size=200), st.sampled_from(["csv", "xlsx", "parquet", "txt"]))
def test_any_bytes_are_read_or_refused(content, ending):
    try:
        table = read_fleet(f"a.{ending}", content, **LIMITS)
    except FleetFileError:
        return
    assert table.columns


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


def test_no_cell_of_a_csv_file_is_run():
    rows = list(csv.reader(io.StringIO(write_csv(["=x", "n"], [[one, -1.5] for one in FORMULAS]).decode("utf-8-sig"))))
    assert rows[0] == ["'=x", "n"]
    assert [row[0] for row in rows[1:]] == [f"'{one}" for one in FORMULAS]
    assert {row[1] for row in rows[1:]} == {"-1.5"}


def test_no_cell_of_an_excel_file_is_run():
    sheet = load_workbook(io.BytesIO(write_excel(["=x", "n"], [[one, -1.5] for one in FORMULAS]))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert sheet["A2"].value == "'=1+1"
    assert sheet["B2"].value == -1.5


def test_what_excel_cannot_hold_is_left_out():
    sheet = load_workbook(io.BytesIO(write_excel(["name"], [["a\x00b\x1bc\ud800" + "x" * 40_000]]))).active
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
    with pytest.raises(FleetFileError, match="not Excel"):
        read_fleet("a.xlsx", out.getvalue(), **LIMITS)


WHOLE_BOOK = to_excel(
    [["name", "tdp_w"], ["RTX 3070", 220]]
)  # once: it carries the time, and so another length each second


@given(st.data())
def test_an_excel_file_with_changed_bytes_is_read_or_refused(data):
    content = bytearray(WHOLE_BOOK)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        table = read_fleet("a.xlsx", bytes(content), **LIMITS)
    except FleetFileError:
        return
    assert table.columns
