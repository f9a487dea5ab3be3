"""A service that is away, slow, busy, broken or another: a message that says what to do, never a traceback."""

import json
import shutil
import time
from contextvars import copy_context

import pytest
from app_pages import answer, drip, plain, run_service, stay_silent, tables
from bad_bundles import serve_unexplained
from pydantic import ValidationError

from streamlit_app.backends.failures import (
    BrokenError,
    BusyError,
    KeyRefusedError,
    NoModelError,
    NonsenseError,
    NotExplainedError,
    RefusedError,
    SlowError,
    UnreachableError,
)
from streamlit_app.backends.opening import open_backend
from streamlit_app.launch import choose_port
from streamlit_app.settings import Settings

VIEWS = ("ask", "deal", "compare", "find", "minimum", "fleet", "market", "explore", "model")
PROBLEM = {"type": "urn:x", "title": "Error", "status": 500, "detail": "something went wrong"}
READY = {"status": "ready", "model_version": "1-a"}


def problem(**members):
    return json.dumps({**PROBLEM, **members})


MISBEHAVIOURS = {
    "silent": (stay_silent, SlowError, "did not answer within 0.3 s"),
    "dripping": (drip, SlowError, "did not answer within 0.3 s"),
    "429": (answer(429, "slow down", Retry_After="7"), BusyError, "Try again in 7 s"),
    "429 without a time": (answer(429, "slow down"), BusyError, "Try again in a moment"),
    "503 busy": (answer(503, problem(detail="too many requests at the same time")), BusyError, "busy"),
    "503 no bundle": (answer(503, problem(missing=["bundle: none"])), NoModelError, "bundle: none"),
    "503 too old to explain": (
        answer(503, problem(type="urn:gpu_kedro:problem:not-explained", detail="the bundle is older")),
        NotExplainedError,
        "make run",
    ),
    "500": (answer(500, problem()), BrokenError, "something went wrong"),
    "500 in HTML": (answer(500, "<h1>Oops</h1>", "text/html"), BrokenError, "none of gpu_kedro's"),
    "401": (answer(401, problem(status=401)), KeyRefusedError, "GPU_KEDRO_API_KEY"),
    "HTML": (answer(200, "<html>hello</html>", "text/html"), NonsenseError, "not JSON"),
    "cut off": (answer(200, '{"status": "rea'), NonsenseError, "not JSON"),
    "another form": (answer(200, '{"hello": ["world"]}'), NonsenseError, "another form"),
    "a list": (answer(200, "[1, 2]"), NonsenseError, "another form"),
    "deep": (answer(200, "[" * 100_000), NonsenseError, "not JSON"),
    "404": (answer(404, "nothing here", "text/plain"), BrokenError, "(404)"),
}


SLOW_CASES = ("silent", "dripping")


def backend_at(address, **settings):
    return open_backend(Settings(api_url=address, **settings))


@pytest.mark.parametrize("case", MISBEHAVIOURS)
def test_every_misbehaviour_is_told_in_words(misbehave, case):
    behave, kind, words = MISBEHAVIOURS[case]
    with pytest.raises(kind, match=r".") as caught:
        backend_at(misbehave(behave), timeout_seconds=0.3 if case in SLOW_CASES else 4).read_version()
    assert words in str(caught.value)


def test_nobody_at_the_address_is_told_with_what_to_do():
    with pytest.raises(UnreachableError) as caught:
        backend_at(f"http://127.0.0.1:{choose_port()}").read_version()
    assert "make api" in str(caught.value)


def test_a_name_that_is_no_host_is_told():
    with pytest.raises((UnreachableError, SlowError)):
        backend_at("http://gpu-kedro.invalid").read_version()


def test_columns_of_different_length_are_nonsense(misbehave, bundles):
    local = open_backend(Settings(bundles=bundles))
    local.read_version()
    columns = local.predict_columns({"name": ["RTX 3060", "RTX 3070"]})
    columns["segment"] = columns["segment"][:1]
    with pytest.raises(NonsenseError, match="differ in length"):
        backend_at(misbehave(answer(200, json.dumps(columns)))).predict_columns({"name": ["a", "b"]})


def test_a_refused_question_names_its_fields(service, bundles):
    for backend in (open_backend(Settings(api_url=service)), open_backend(Settings(bundles=bundles))):
        backend.read_version()
        with pytest.raises(RefusedError) as caught:
            backend.describe({"name": "RTX 3060", "tdp_w": -5})
        assert [field for field, _ in caught.value.problems] == ["tdp_w"]


def test_the_key_is_sent(bundles, tmp_path):
    with run_service(bundles, tmp_path, api_key="abc") as address:
        assert backend_at(address, api_key="abc").describe({"name": "RTX 3060"})["prediction"]
        with pytest.raises(KeyRefusedError):
            backend_at(address, api_key="wrong").describe({"name": "RTX 3060"})


def test_both_backends_give_the_same_answers(service, bundles):
    over_http, local = open_backend(Settings(api_url=service)), open_backend(Settings(bundles=bundles))
    assert over_http.read_version() == local.read_version()
    query = {"name": "rtx 4070 laptop", "tdp_w": 100}
    for question, asked in (
        ("describe", [query]),
        ("judge", [{**query, "price_usd": 500}]),
        ("compare", [{"names": ["RTX 3060", "GTX 970"]}]),
        ("fit_market", [{"observations": [{"name": "RTX 3060", "price_usd": 210, "date": "2026-03"}]}]),
        ("find_minimum", [{"name": "GTX 1060"}]),
        ("predict_columns", [{"name": ["RTX 3060"], "spec_tdp_w": [170]}]),
        ("tabulate", []),
        ("map_missing", []),
    ):
        told = getattr(over_http, question)(*asked)
        assert told == json.loads(json.dumps(getattr(local, question)(*asked))), question


def test_an_answer_has_less_than_five_seconds():
    assert Settings().timeout_seconds == 4
    with pytest.raises(ValidationError):
        Settings(timeout_seconds=4.6)


def test_the_questions_of_a_page_share_its_time(misbehave, monkeypatch):
    """The clock runs on between questions, and each page starts it anew."""
    backend = backend_at(misbehave(answer(200, json.dumps(READY))), timeout_seconds=4)
    context = copy_context()
    context.run(backend.restart_clock)
    assert context.run(backend.read_version) == "1-a"
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 5)
    with pytest.raises(SlowError):
        context.run(backend.read_version)
    context.run(backend.restart_clock)
    assert context.run(backend.read_version) == "1-a"


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_answers_without_a_service(open_page, bundles, monkeypatch, view):
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(bundles))
    at = open_page(view, name="RTX 3060", names=["RTX 3060", "GTX 970"], price="100")
    assert (not at.exception, list(at.error)) == (True, [])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("case", ["refused", "silent", "429", "500 in HTML", "another form", "401"])
def test_every_page_shows_the_message_and_a_way_to_go_on(open_page, misbehave, monkeypatch, view, case):
    if case == "refused":
        address, words = f"http://127.0.0.1:{choose_port()}", "No service answers"
    else:
        behave, _, words = MISBEHAVIOURS[case]
        address = misbehave(behave)
    monkeypatch.setenv("API_URL", address)
    if case in SLOW_CASES:
        monkeypatch.setenv("GPU_KEDRO_APP_TIMEOUT_SECONDS", "0.3")
    at = open_page(view, name="RTX 3060", names=["RTX 3060", "GTX 970"], price="100")
    assert not at.exception
    assert words in plain(at.error[0].value)
    assert at.button(key="try_again").label == "Try again"


@pytest.mark.parametrize("view", VIEWS)
def test_a_service_that_fails_behind_a_ready_one_is_told_too(open_page, misbehave, monkeypatch, view):
    """The first question is answered, the second is not."""

    def behave(request):
        ready = request.path == "/health/ready"
        answer(200 if ready else 500, json.dumps(READY) if ready else problem())(request)

    monkeypatch.setenv("API_URL", misbehave(behave))
    at = open_page(view, name="RTX 3060", names=["RTX 3060", "GTX 970"], price="100")
    assert not at.exception
    told = [plain(error.value) for error in at.error]
    assert "something went wrong" in "".join(told)


@pytest.mark.parametrize("view", VIEWS)
def test_without_a_model_the_page_says_what_to_run(open_page, monkeypatch, tmp_path, view):
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(tmp_path))
    at = open_page(view)
    assert not at.exception
    assert at.code[0].value == "make run"
    assert "There is no model to answer with" in at.info[0].value


def test_a_model_that_is_trained_meanwhile_is_taken_up(open_page, monkeypatch, tmp_path, bundles):
    store = tmp_path / "bundles"
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(store))
    backend = open_backend(Settings())
    with pytest.raises(NoModelError):
        backend.read_version()
    shutil.copytree(bundles, store)
    backend._store._checked = float("-inf")  # it looks once a second at the most
    at = open_page("ask", name="RTX 3060")
    assert not at.exception
    assert len(tables(at)) == 1


def test_wrong_settings_are_told_by_name(open_page, monkeypatch):
    monkeypatch.setenv("API_URL", "localhost:8000")
    at = open_page("ask")
    assert not at.exception
    assert "API_URL" in plain(at.error[0].value)
    assert "http://" in plain(at.error[0].value)


def test_a_model_that_is_older_than_explanations_leaves_the_page_whole(open_page, store, version, monkeypatch):
    serve_unexplained(store, version)
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(store))
    at = open_page("ask", name="GeForce RTX 3060", why="true")
    assert not at.exception
    assert "older than explanations" in plain(at.error[0].value)
    assert len(tables(at)[0]) == 6
