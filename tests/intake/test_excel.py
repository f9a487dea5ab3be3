import datetime
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tables import find_refusal, open_gpus, read_notes, read_numbers, read_values, replace_parts, to_excel

from gpu_kedro.intake.errors import TableFileError

BOOK = to_excel([["GPU", "TDP"], ["RTX 3060", 170], ["GTX 970", 145]])
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def read_cells(table):
    return [cells for chunk in table.chunks() for cells in chunk.cells]


def test_rows_have_the_numbers_that_excel_shows():
    rows = [["Fleet"], [], ["GPU", "TDP"], [], ["RTX 3060", 170], [], [], ["GTX 970", "145 W"]]
    table = open_gpus(to_excel(rows))
    assert (table.header_row, read_numbers(table)) == (3, [5, 8])
    assert read_values(table, "tdp_w") == [170.0, 145.0]


def test_empty_cells_at_the_end_of_a_row_are_no_fault():
    table = open_gpus(to_excel([["GPU", "TDP", "Room"], ["RTX 3060", 170, "A1"], ["GTX 970"]]))
    assert read_notes(table) == {}


def test_cells_keep_their_kinds():
    row = ["RTX 3060", 1, 1.5, True, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 13, 5), "007"]
    table = open_gpus(to_excel([["GPU", "a", "b", "c", "d", "e", "f"], row]))
    assert read_cells(table) == [row]


def test_texts_in_parts_formulas_errors_and_cells_without_a_place_are_read():
    cells = (
        '<row><c t="inlineStr"><is><t>GPU</t></is></c><c t="str"><f>1</f><v>note</v></c></row>'
        '<row><c t="inlineStr"><is><r><t>RTX</t></r><r><t xml:space="preserve"> 3060</t></r>'
        '<rPh><t>x</t></rPh></is></c><c t="e"><v>#N/A</v></c></row>'
    )
    table = open_gpus(replace_parts(BOOK, sheet1=SHEET.format(cells)))
    assert read_cells(table) == [["RTX 3060", "#N/A"]]
    assert read_numbers(table) == [2]


def test_elements_with_a_prefix_are_read():
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    prefixed = sheet.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")
    assert read_values(open_gpus(replace_parts(BOOK, sheet1=prefixed)), "name") == ["RTX 3060", "GTX 970"]


def test_hidden_sheets_are_passed_over():
    book = load_workbook(io.BytesIO(to_excel([["GPU"], ["RTX 1"]], [["GPU"], ["RTX 2"]])))
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert read_values(open_gpus(out.getvalue()), "name") == ["RTX 2"]


def test_dates_count_from_1904_where_the_workbook_says_so():
    book = load_workbook(io.BytesIO(to_excel([["GPU", "day"], ["RTX 1", datetime.date(2024, 2, 29)]])))
    book.epoch = datetime.datetime(1904, 1, 1)
    out = io.BytesIO()
    book.save(out)
    assert read_cells(open_gpus(out.getvalue())) == [["RTX 1", datetime.date(2024, 2, 29)]]


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_x", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 no archive", "not Excel"),
        (BOOK[:-30], "not Excel"),
        (zipped(a_xtxt="hello"), "zip archive without a workbook"),
        (zipped(content_xxml="<a/>", mimetype="x"), "OpenDocument"),
        (zipped(xl__workbook_xbin="x"), "binary workbook"),
        (replace_parts(BOOK, sheet1="<worksheet><sheetData><row>"), "not Excel"),
        (replace_parts(BOOK, sheet1=SHEET.format('<row r="1048577"><c r="A1"><v>1</v></c></row>')), "beyond the last"),
        (replace_parts(BOOK, sheet1=SHEET.format('<row><c t="s"><v>99</v></c></row>')), "not Excel"),
        (replace_parts(BOOK, sheet1=SHEET.format('<row><c r="XFD1"><v>1</v></c></row>')), "more than 1,000 columns"),
        (replace_parts(BOOK, sheet1="<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"), "not Excel"),
        (replace_parts(BOOK, sheet1="<a>" * 100 + "</a>" * 100), "not Excel"),
        (replace_parts(BOOK, sheet1=SHEET.format("")), "is empty"),
    ],
)
def test_what_is_no_workbook_says_so(content, words):
    with pytest.raises(TableFileError, match=words):
        open_gpus(content)


@settings(deadline=None)
@given(st.data())
def test_a_workbook_with_changed_bytes_is_read_or_refused(data):
    content = bytearray(BOOK)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert "\n" not in find_refusal(bytes(content))
