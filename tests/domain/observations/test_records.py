"""An observation is used, or refused with what to give instead."""

import pytest

from gpu_kedro.domain.observations.dates import Moment
from gpu_kedro.domain.observations.records import Observation, read_observation

ROW = {"name": "RTX 3060", "price_usd": 210, "date": "2026-03-06", "condition": "used", "market": "ebay"}


def test_a_whole_row_is_an_observation():
    expected = Observation("RTX 3060", Moment(2026, 3, 6), {"price_usd": 210.0}, "used", "ebay")
    assert read_observation(ROW) == expected


def test_a_mark_alone_is_an_observation():
    assert read_observation({"name": "RTX 5070", "g3d_mark": 28_000, "date": 2025}).figures == {"g3d_mark": 28_000.0}


def test_a_row_without_a_date_takes_the_one_that_is_given():
    assert read_observation({**ROW, "date": None}, Moment(2026, 3)).moment == Moment(2026, 3)


@pytest.mark.parametrize(("word", "expected"), [("Neu", "new"), ("pre-owned", "used"), ("", None), (None, None)])
def test_conditions_are_read_in_other_words(word, expected):
    assert read_observation({**ROW, "condition": word}).condition == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": " "}, "no name; give the GPU's"),
        ({"name": 3060}, "no name; give the GPU's"),
        ({"name": "x" * 301}, "a name of 301 characters; give at most 300"),
        ({"price_usd": None}, "nothing observed; give one of price_usd, g3d_mark, g2d_mark, tdp_w"),
        ({"price_usd": "210"}, "price_usd: not a number"),
        ({"price_usd": True}, "price_usd: not a number"),
        ({"price_usd": float("inf")}, "price_usd: not a number"),
        ({"price_usd": 0}, "price_usd: not between 1 and 1,000,000"),
        ({"date": None}, "no date; give a day, a month or a year"),
        ({"date": "soon"}, "date: not a date; write 2026-03-06, 2026-03 or 2026"),
        ({"condition": "broken"}, "condition: neither new nor used"),
    ],
)
def test_what_cannot_be_used_says_why(changes, reason):
    with pytest.raises(ValueError, match=reason):
        read_observation({**ROW, **changes})
