"""Single predictions that arrive together are answered together, each as it would be alone."""

import asyncio

import httpx
import pytest
from loops import run_alone

from api.load.batching import DynamicBatcher
from gpu_kedro.serving.errors import NoBundleError

NAMES = ["RTX 3070", "GTX 970", "never heard of", "Radeon RX 6800 XT", "RTX 3070 Laptop", "Quadro P2000", "UHD 630"] * 6


def ask_at_once(app, queries):
    async def run():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as web:
            return await asyncio.gather(*(web.post("/v1/predict", json=query) for query in queries))

    return run_alone(run())


def test_everyone_gets_the_answer_that_they_get_alone(client):
    queries = [{"name": name, "tdp_w": 100 + place} for place, name in enumerate(NAMES)]
    for query, answer in zip(queries, ask_at_once(client.app, queries), strict=True):
        assert answer.status_code == 200
        assert answer.json() == client.post("/v1/predict", json=query).json()


def test_one_that_is_refused_leaves_the_others_their_answers(client):
    answers = ask_at_once(client.app, [{"name": "RTX 3070"}, {"specs": {}}, {"name": "GTX 970"}, {"nam": "x"}])
    assert [answer.status_code for answer in answers] == [200, 422, 200, 422]


def test_without_a_bundle_everyone_is_told_so(open_client, tmp_path):
    answers = ask_at_once(open_client(bundles=tmp_path).app, [{"name": "RTX 3070"}] * 3)
    assert [answer.status_code for answer in answers] == [503] * 3


class Counting:
    """Stands before a runtime: how many queries each call had, and a failure for one of them."""

    def __init__(self, runtime, bad=None):
        self._runtime, self._bad, self.calls = runtime, bad, []

    def predict(self, queries):
        self.calls.append(len(queries))
        if self._bad in queries:
            raise ArithmeticError("of this one")
        return self._runtime.predict(queries)


def gather(batcher, queries):
    async def run():
        return await asyncio.gather(*map(batcher.predict, queries), return_exceptions=True)

    return run_alone(run())


def test_a_round_of_the_loop_is_one_call_of_sixteen_at_the_most(client):
    runtime = Counting(client.app.state.store.current())
    gather(DynamicBatcher(lambda: runtime), [{"name": name} for name in NAMES[:40]])
    assert runtime.calls == [16, 16, 8]


def test_the_only_request_does_not_wait(client):
    runtime = Counting(client.app.state.store.current())
    batcher = DynamicBatcher(lambda: runtime)
    batcher.requests = {"the only one"}
    coroutine = batcher.predict({"name": "RTX 3070"})
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value["name"] == "RTX 3070"


def test_a_failure_is_told_to_who_asked_for_it_and_to_nobody_else(client):
    bad = {"name": "GTX 970"}
    runtime = Counting(client.app.state.store.current(), bad)
    first, second, third = gather(DynamicBatcher(lambda: runtime), [{"name": "RTX 3070"}, bad, {"name": "UHD"}])
    assert isinstance(second, ArithmeticError)
    assert first["name"] == "RTX 3070"
    assert third["name"] == "UHD"


def test_who_gave_up_waiting_does_not_disturb(client):
    runtime = client.app.state.store.current()
    batcher = DynamicBatcher(lambda: runtime)

    async def run():
        gone = asyncio.create_task(batcher.predict({"name": "RTX 3070"}))
        stays = asyncio.create_task(batcher.predict({"name": "GTX 970"}))
        await asyncio.sleep(0)
        gone.cancel()
        return await asyncio.gather(gone, stays, return_exceptions=True)

    gone, stays = run_alone(run())
    assert isinstance(gone, asyncio.CancelledError)
    assert stays["name"] == "GTX 970"


def test_no_bundle_is_an_error_for_each():
    def use():
        raise NoBundleError("nothing trained yet")

    assert [str(error) for error in gather(DynamicBatcher(use), [{"name": "a"}] * 2)] == ["nothing trained yet"] * 2
