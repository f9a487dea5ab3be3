"""Many rows are answered some at a time, and make room for single predictions."""

import pytest

from api.load import pacing
from api.load.pacing import pace_runtime

NAMES = ["RTX 3070", "GTX 970", "never heard of", "Radeon RX 6800 XT", "RTX 3070"] * 120


@pytest.fixture
def rests(monkeypatch):
    """How long work stood back each time; nobody really waits."""
    seconds = []
    monkeypatch.setattr(pacing.time, "sleep", seconds.append)
    return seconds


def test_answers_are_those_of_the_runtime(client, rests):
    runtime = client.app.state.store.current()
    queries = [{"name": f"{name} {place}"} for place, name in enumerate(NAMES)]
    paced, whole = pace_runtime(runtime, lambda: 0).predict_columns(queries), runtime.predict_columns(queries)
    assert list(paced) == list(whole)
    for name, values in whole.items():
        # sums of other numbers of rows are rounded in another order
        for one, other in zip(paced[name], values, strict=True):
            assert one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other), name
    assert pace_runtime(runtime, lambda: 0).predict_columns([]) == runtime.predict_columns([])
    assert rests == []


def test_the_more_single_predictions_come_the_longer_work_stands_back(client, rests):
    counts = iter([0, 0, 0, 3, 3, 1003])
    paced = pace_runtime(client.app.state.store.current(), lambda: next(counts))
    paced.predict_columns([{"name": name} for name in NAMES])
    assert rests == [pytest.approx(0.09), 1.5]
