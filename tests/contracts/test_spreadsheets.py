import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_kedro.contracts.spreadsheets import disarm

FORMULA = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t'=1"),
        ("\rplain", "'\rplain"), (" =1", "' =1"), ('"=1', "'\"=1"), ("＝1+1", "'＝1+1"), ("＠x", "'＠x"),
        ("a;=1", "a;'=1"), ("a\t=1", "a\t'=1"), ("a,=1", "a,'=1"), ("a\n=1", "a\n'=1"), ('a; "=1', "a; \"'=1"),
        (";=1", ";'=1"), ("a;＋1", "a;'＋1"),
        ("-5", "-5"), ("+3e2", "+3e2"), ("-1.299,00", "-1.299,00"), ("-", "-"), ("2-3", "2-3"), ("a = b", "a = b"),
        ("a;b", "a;b"), ("RTX 3060", "RTX 3060"), (5, 5), (None, None),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell, safe):
    assert disarm(cell) == safe


@settings(deadline=None)
@given(st.lists(st.text(alphabet="=+-@＝;,\t|\r\n\"' a1", max_size=12), min_size=1, max_size=4))
def test_no_reader_finds_a_cell_that_it_would_run(cells):
    """Whatever it takes for the separator, and whether it believes in quotes."""
    out = io.StringIO()
    csv.writer(out).writerow(["own", *map(disarm, cells)])
    text = out.getvalue()
    for delimiter in ";\t|,":
        believing = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        plain = (line.split(delimiter) for line in text.splitlines())
        for row in [*believing, *plain]:
            for cell in row:
                shown = cell.strip(' \t\r\n"')
                number = shown.lstrip("+-").replace(".", "").replace(",", "")
                assert shown[:1] not in FORMULA or not shown or shown == "-" or number.isdigit(), (delimiter, row)
