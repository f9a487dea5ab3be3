import re

import pytest
from app_pages import htmls, tables

from streamlit_app.comparing import describe_pair, mark_best, orient


def relation(ratio, ends, difference, apart, chance):
    return {
        "ratio": ratio, "ratio_80": ends, "ratio_90": ends, "difference": difference, "difference_80": apart,
        "difference_90": apart, "chance_higher": chance,
    }  # fmt: skip


PAIR = {
    "first": 0,
    "second": 1,
    "g3d_mark": relation(1.22, [1.15, 1.3], 4000, [2900, 5200], 0.93),
    "tdp_w": relation(0.8, [0.8, 0.8], -40, [-40, -40], 0.0),
    "price_usd": relation(1.2, [0.9, 1.6], 60, [-30, 170], 0.8),
}


def plain(html):
    return re.sub("<[^>]+>", "", html)


def test_a_pair_is_told_in_words_and_numbers():
    assert plain(describe_pair(PAIR, "A", "B")) == (
        "A is 22 % faster [15 % faster to 30 % faster], needs 40 W less and costs $60 more [$30 less to $170 more] "
        "than B. It is the faster one with a chance of 93 %."
    )


def test_the_other_way_round_everything_turns():
    turned = plain(describe_pair(orient([PAIR], 1, 0), "B", "A"))
    assert turned == (
        "B is 18 % slower [23 % slower to 13 % slower], needs 40 W more and costs $60 less [$170 less to $30 more] "
        "than A. It is the slower one with a chance of 93 %."
    )


def test_what_is_not_known_is_left_out():
    told = plain(describe_pair({**PAIR, "g3d_mark": None, "price_usd": None}, "A", "B"))
    assert told == "A needs 40 W less than B."
    nothing = {**PAIR, "g3d_mark": None, "price_usd": None, "tdp_w": None}
    assert plain(describe_pair(nothing, "A", "B")) == "Too little is known to compare A with B."


@pytest.mark.parametrize(
    ("values", "is_highest", "best"),
    [
        ([1, 3, 2], True, [1]),
        ([5, 3, 3], False, [1, 2]),
        ([None, 3, 2], True, [1]),
        ([None, 3], True, []),
        ([2, 2], True, []),
    ],
)
def test_the_best_of_a_row_is_marked(values, is_highest, best):
    marked = mark_best([str(value) for value in values], values, is_highest=is_highest)
    assert [place for place, cell in enumerate(marked) if "(best)" in cell] == best


def test_a_card_stands_there_once_under_whatever_names(open_page, asks_service):
    at = open_page("compare", names=["GeForce RTX 3070", "rtx 3070", "Radeon RX 6700 XT"])
    assert not at.exception
    assert "shown once" in at.info[0].value
    (table,) = tables(at)
    assert [row["GPU"] for row in table] == ["GeForce RTX 3070", "Radeon RX 6700 XT"]
    assert "<strong>GeForce RTX 3070</strong> is " in "".join(htmls(at))
    alone = open_page("compare", names=["GeForce RTX 3070", "rtx 3070"])
    assert not alone.exception
    assert len(tables(alone)[0]) == 1


def test_the_best_of_each_figure_is_marked(open_page, asks_service):
    (table,) = tables(open_page("compare", names=["GeForce RTX 3070", "GeForce GTX 970"]))
    best = {head: [row["GPU"] for row in table if "(best)" in row[head]] for head in table[0]}
    assert best["Points"] == ["GeForce RTX 3070"]
    assert best["Power"] == ["GeForce GTX 970"]
    assert best["Segment"] == []
