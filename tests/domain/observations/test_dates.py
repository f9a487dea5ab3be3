"""Dates are read as people write them, and refused where they can be read in two ways."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_kedro.domain.observations.dates import Moment, read_moment


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-06", Moment(2026, 3, 6)),
        ("2026-03-06T12:30:00Z", Moment(2026, 3, 6)),
        ("2026/3/6", Moment(2026, 3, 6)),
        ("2026-03", Moment(2026, 3)),
        ("2026", Moment(2026)),
        (2026, Moment(2026)),
        (2026.0, Moment(2026)),
        ("06.03.2026", Moment(2026, 3, 6)),
        ("03.2026", Moment(2026, 3)),
        ("03/2026", Moment(2026, 3)),
        ("25/03/2026", Moment(2026, 3, 25)),
        ("03/25/2026", Moment(2026, 3, 25)),
        ("March 6, 2026", Moment(2026, 3, 6)),
        ("6 Mar 2026", Moment(2026, 3, 6)),
        ("Mar 2026", Moment(2026, 3)),
        (date(2026, 3, 6), Moment(2026, 3, 6)),
        (datetime(2026, 3, 6, 12), Moment(2026, 3, 6)),
        ("", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_a_date_is_read(written, expected):
    assert read_moment(written) == expected


@pytest.mark.parametrize("written", ["03/06/2026", "2026-02-30", "yesterday", "1066", 20260306, True, "2026-13", [1]])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValueError, match=r"date|day"):
        read_moment(written)


def test_a_moment_has_a_middle_and_an_end_in_years():
    assert Moment(2022).time == 2022.5
    assert Moment(2022, 1).time == pytest.approx(2022 + 15.5 / 365)
    assert Moment(2022, 12, 31).end == 2023
    assert Moment(2024, 2).end == pytest.approx(2024 + 60 / 366)


@given(st.dates(date(1995, 1, 1), date(2100, 12, 31)))
def test_a_written_day_is_read_back(day):
    moment = Moment(day.year, day.month, day.day)
    assert read_moment(moment.text) == moment
    assert day.year <= moment.time < moment.end <= day.year + 1


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text):
    try:
        moment = read_moment(text)
    except ValueError:
        return
    assert moment is None or 1995 <= moment.year <= 2100
