import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import find_refusal, open_gpus, read_notes, read_numbers, read_values

from gpu_kedro.intake.errors import DamagedFileError, TableFileError
from gpu_kedro.intake.source import Limits


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Grafikkarte;Größe\nRTX 3060;groß\n", "utf-8"),
        ("Grafikkarte;Größe\nRTX 3060;groß\n", "utf-8-sig"),
        ("Grafikkarte;Größe\nRTX 3060;groß\n", "utf-16"),
        ("Grafikkarte;Größe\nRTX 3060;groß\n", "utf-32"),
        ("Grafikkarte;Größe\nRTX 3060;groß\n", "cp1252"),
        ("显卡型号;大小\nRTX 3060;大\n", "gb18030"),
        ("Видеокарта;Размер\nRTX 3060;большая\n", "cp1251"),
        ("ビデオカード;大きさ\nRTX 3060;大\n", "cp932"),
        ("그래픽카드;크기\nRTX 3060;큰\n", "cp949"),
    ],
)
def test_the_encoding_is_the_one_under_which_the_header_is_known(text, encoding):
    table = open_gpus(text.encode(encoding))
    assert table.columns == tuple(text.splitlines()[0].split(";"))
    assert read_values(table, "name") == ["RTX 3060"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_do_not_matter(delimiter, newline):
    rows = [["id", "GPU", "note"], ["1", "RTX 3060", "plain"], ["2", "GTX 970", "plain"]]
    table = open_gpus(newline.join(delimiter.join(row) for row in rows).encode())
    assert (read_values(table, "name"), table.delimiter) == (["RTX 3060", "GTX 970"], delimiter)


def test_decimal_commas_are_no_delimiters():
    table = open_gpus(b"RTX 3060;329,00\nGTX 970;99,50\n")
    assert (table.delimiter, len(table.columns)) == (";", 2)


def test_commas_in_the_names_of_a_list_divide_nothing():
    table = open_gpus(b"GPU\nGeForce GTX 1060, 6GB\nGeForce GTX 1060, 3GB\n")
    assert read_values(table, "name") == ["GeForce GTX 1060, 6GB", "GeForce GTX 1060, 3GB"]


def test_a_row_s_number_is_the_line_that_it_begins_on():
    table = open_gpus(b'GPU,note\r\n"RTX\r\n3060","a\r\nb"\r\n\r\nGTX 970,\r\n')
    assert (read_numbers(table), read_values(table, "name")) == ([2, 6], ["RTX 3060", "GTX 970"])


def test_a_short_row_is_filled_up_and_a_long_one_is_not_guessed_at():
    table = open_gpus(b"GPU,TDP\nRTX 3060\nGTX 970,145,,\nGTX 1080,180,9\n")
    (chunk,) = table.chunks()
    assert chunk.values["tdp_w"][:2] == [None, 145.0]
    assert chunk.faults == {2: "has 3 cells, but the header has 2"}
    assert read_notes(table) == {2: ["the row has 1 of 2 cells"]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html>\n<html></html>", "web page"),
        (b"  <table><tr><td>RTX 3060</td></tr></table>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (b'[{"name": "RTX 3060"}]', "JSON"),
        (b'{"name": "RTX 3060"}', "JSON"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0", "old Excel workbook"),
        (b"GPU\x00,\x00n\x00\n\x00", "not text"),
        (b'GPU,n\nRTX 3060,1\n"GTX 970,2\n', "quote that does not end"),
        (b"GPU\n" + b"x" * 200_000, "far too long"),
        ("GPU,n\nRTX 3060,1\n".encode("utf-16")[:-1], "not text"),
    ],
)
def test_what_is_no_table_says_what_it_is(content, words):
    with pytest.raises(DamagedFileError, match=words) as caught:
        open_gpus(content)
    assert "\n" not in str(caught.value)


def test_rows_that_hold_nothing_are_no_table():
    with pytest.raises(TableFileError, match="is empty"):
        open_gpus(b'""')


def test_a_broken_quote_names_its_row():
    with pytest.raises(DamagedFileError, match="in row 3: "):
        open_gpus(b'GPU,n\nRTX 3060,1\n"GTX 970,2\nGTX 980,1\n')


def test_cells_that_look_like_json_are_not():
    assert read_values(open_gpus(b"GPU\n[10de:2504] RTX 3060\n"), "name") == ["[10de:2504] RTX 3060"]


def test_limits_are_told():
    with pytest.raises(TableFileError, match="more than 2 rows: split it"):
        open_gpus(b"GPU\nRTX 1\nRTX 2\nRTX 3\n", limits=Limits(rows=2))
    with pytest.raises(TableFileError, match="more than 2 columns"):
        open_gpus(b"GPU,b,c\nRTX 1,,\n", limits=Limits(columns=2))
    with pytest.raises(TableFileError, match="more than 5 cells"):
        open_gpus(b"GPU,b\nRTX 1,\nRTX 2,\nRTX 3,\n", limits=Limits(cells=5))
    with pytest.raises(TableFileError, match="more than 100 lines"):
        open_gpus(b"GPU\nRTX 1" + b"\n" * 200, limits=Limits(rows=9, lines=100))


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='GPUnametdp_w,;\t|"\n\r .=-0é\x00', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(content):
    assert "\n" not in find_refusal(content)
