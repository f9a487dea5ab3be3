"""When requests that were put off are told to come again."""

import pytest

from api.answers import errors
from api.answers.errors import PutOff


@pytest.fixture
def clock(monkeypatch):
    """Seconds that stand still until a test moves them."""
    now = [1000.0]
    monkeypatch.setattr(errors.time, "monotonic", lambda: now[0])
    return now


def choose(put_off, count):
    return [put_off.choose_seconds() for _ in range(count)]


def test_a_few_come_again_soon_and_not_all_at_once(clock):
    assert set(choose(PutOff(), 60)) == {3, 4, 5, 6}


def test_many_are_spread_over_a_longer_time(clock):
    put_off = PutOff()
    choose(put_off, 600)
    assert set(choose(put_off, 600)) == set(range(3, 13))


def test_a_crowd_is_forgotten_when_it_may_have_come_again(clock):
    put_off = PutOff()
    choose(put_off, 600)
    clock[0] += 20
    assert max(choose(put_off, 60)) == 6
