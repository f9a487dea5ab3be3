"""Lists with counts, as people paste them."""

import csv

import pytest

from streamlit_app.fleet.pasted import tabulate_counts


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("RTX 3060 12\nGTX 1650 88", [("RTX 3060", "12"), ("GTX 1650", "88")]),
        ("RTX 3060: 12\nGTX 1650: 88", [("RTX 3060", "12"), ("GTX 1650", "88")]),
        ("12x RTX 3060\n88 × GTX 1650", [("RTX 3060", "12"), ("GTX 1650", "88")]),
        ("RTX 3060 4,9 %\nGTX 1650 5,1 %", [("RTX 3060", "4.9"), ("GTX 1650", "5.1")]),
        ("RTX 3060\t4.9%\t5.12%\t+0.22%\nOther\t9.9%\t10.1%\t-0.2%", [("RTX 3060", "5.12"), ("Other", "10.1")]),
        ("RTX 3060: 1,234\nGTX 1650: 88", [("RTX 3060", "1234"), ("GTX 1650", "88")]),
        ("RTX 3060, 5.9 %\nGTX 1650, 4 %", [("RTX 3060", "5.9"), ("GTX 1650", "4")]),
        ("GTX 1060 6GB 5\n\nRX 580 8GB 3", [("GTX 1060 6GB", "5"), ("RX 580 8GB", "3")]),
    ],
)
def test_counts_stand_before_or_behind_the_name(pasted, read):
    head, *rows = csv.reader(tabulate_counts(pasted).splitlines())
    assert head == ["GPU", "Count"]
    assert [tuple(row) for row in rows] == read


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "RTX 3060\nGTX 1650",
        "RTX 3060 Ti\nRadeon R9 290",
        "GPU,Share\nRTX 3060,5.9%",
        "RTX 3060;30\nApple M2;5",
        "RX 580,120\nRTX 3060,120",
        "RTX 3060" + " " * 300_000 + "x",
    ],
    ids=lambda text: text[:30],
)
def test_names_alone_and_tables_are_left_as_they_are(pasted):
    assert tabulate_counts(pasted) == pasted
