import asyncio
import threading

import httpx
import pytest
from fastapi import Request
from loops import run_alone
from promises import promise

from api.load.lanes import hold
from api.settings import Settings

KEY = "s3cret-key-of-the-test"
QUERY = {"name": "RTX 3070"}
JSON = {"content-type": "application/json"}


def test_without_a_key_set_none_is_asked_for(client):
    assert client.get("/v1/model").status_code == 200


@promise("security.key", "answers that are given without the key, where one is set", at_most=0)
@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}, {"X-API-Key": ""}, {"Authorization": f"Bearer {KEY}"}])
@pytest.mark.parametrize("address", ["/v1/model", "/v1/gpus", "/metrics", "/anything"])
def test_with_a_key_set_nothing_is_answered_without_it(open_client, problem, address, headers, measured):
    answer = open_client(api_key=KEY, metrics=True).get(address, headers=headers)
    problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("ApiKey")
    measured("security.key", answer.status_code != 401)


def test_the_key_opens_and_health_and_docs_need_none(open_client):
    client = open_client(api_key=KEY)
    assert client.post("/v1/predict", json=QUERY, headers={"x-api-key": KEY}).status_code == 200
    for address in ("/health/live", "/health/ready", "/docs", "/openapi.json"):
        assert client.get(address).status_code == 200


def test_two_keys_are_none(open_client, problem):
    problem(open_client(api_key=KEY).get("/v1/model", headers=[("x-api-key", KEY), ("x-api-key", "x")]), 401)


def test_a_key_that_no_header_can_carry_is_refused_at_the_start():
    with pytest.raises(ValueError, match="printable ASCII"):
        Settings(api_key="schlüssel")


def test_a_body_over_the_limit_is_refused(client, problem):
    told = problem(client.post("/v1/predict", json={"name": "x" * 1_000_000}), 413)
    assert told["detail"] == "the body is larger than 1,000,000 bytes"


@promise("security.body", "bodies over the limit that are taken", at_most=0)
def test_a_body_that_does_not_tell_its_size_is_counted(client, problem, measured):
    def parts():
        for _ in range(20):
            yield b"x" * 100_000

    problem(client.post("/v1/predict", content=parts(), headers={"content-type": "application/json"}), 413)
    measured("security.body", 0, "also those that do not tell their size")


def test_a_file_has_a_limit_of_its_own(open_client, problem):
    client = open_client(max_json_bytes=1000, max_file_bytes=5000)
    headers = {"content-type": "text/csv"}
    small, large = "name\n" + "RTX 3070\n" * 300, "name\n" + "RTX 3070\n" * 600
    assert client.post("/v1/predict/file", content=small, headers=headers).status_code == 200
    problem(client.post("/v1/predict/file", content=large, headers=headers), 413)
    problem(client.post("/v1/predict/file", content=iter([large.encode()]), headers=headers), 413)


@promise(
    "security.concurrency", "batches over the limit that are not put off, or hold up single predictions", at_most=0
)
def test_batches_over_the_limit_are_put_off_and_single_predictions_are_not(open_client, problem, monkeypatch, measured):
    client = open_client(max_bulk=1, heavy_threads=1)
    runtime = client.app.state.store.current()
    entered, released = threading.Event(), threading.Event()
    answer = runtime.predict_columns

    def wait(queries, market=None):
        entered.set()
        assert released.wait(20)
        return answer(queries, market)

    monkeypatch.setattr(runtime, "predict_columns", wait)
    batch, csv = {"name": ["RTX 3070"]}, {"content": "name\na\n", "headers": {"content-type": "text/csv"}}

    async def ask():
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as web:
            slow = asyncio.create_task(web.post("/v1/predict/batch", json=batch))
            await asyncio.to_thread(entered.wait, 20)
            late = [await web.post("/v1/predict/batch", json=batch), await web.post("/v1/predict/file", **csv)]
            beside = [
                await web.post("/v1/predict", json=QUERY),
                await web.get("/v1/gpus"),
                await web.get("/health/ready"),
            ]
            released.set()
            return late, [await slow, *beside, await web.post("/v1/predict/file", **csv)]

    late, answered = run_alone(ask())
    for refused in late:
        problem(refused, 503)
        assert refused.headers["retry-after"] in {"3", "4", "5", "6"}
    assert [one.status_code for one in answered] == [200] * 5
    measured("security.concurrency", 0)


def test_questions_and_explanations_over_the_limit_are_put_off_and_single_predictions_are_not(open_client, problem):
    client = open_client(max_concurrency=1)
    with client.app.state.lanes.question.slots.take():
        problem(client.get("/v1/gpus"), 503)
        problem(client.post("/v1/value", json={**QUERY, "price_usd": 300}), 503)
        problem(client.post("/v1/predict?explain=true", json=QUERY), 503)
        assert client.post("/v1/predict", json=QUERY).status_code == 200
    assert client.get("/v1/gpus").status_code == 200


def test_bytes_of_all_files_together_are_bounded_and_given_back(open_client, problem):
    client = open_client(max_bulk_bytes=5_000_000)
    lane, csv = client.app.state.lanes.bulk, {"content-type": "text/csv"}
    scope = {}
    with lane.bytes.open(scope):
        hold(Request({"type": "http", **scope}), 4_000_000)
        problem(client.post("/v1/predict/file", content="name\nRTX 3070\n", headers=csv), 503)
        problem(client.post("/v1/predict/batch", content=b" " * 900_000, headers=JSON), 400)
    for _ in range(20):
        assert client.post("/v1/predict/file", content="name\nRTX 3070\n", headers=csv).status_code == 200
        assert client.post("/v1/predict/batch", json={"name": ["RTX 3070"] * 500}).status_code == 200


def test_cors_is_off_unless_set(client):
    answer = client.get("/health/live", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


@promise("security.cors", "origins let in that are not named", at_most=0)
def test_cors_lets_the_named_origins_in_and_no_other(open_client, measured):
    client = open_client(cors_origins="https://app.example, https://b.example/", api_key=KEY)
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    preflight = client.options("/v1/predict", headers={"Origin": "https://app.example", **asks})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    other = client.get("/health/live", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    measured("security.cors", 0)


@promise("security.headers", "answers without safe headers", at_most=0)
@pytest.mark.parametrize("address", ["/health/live", "/v1/model", "/nowhere"])
def test_every_answer_has_safe_headers_and_an_id(client, address, measured):
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == ("no-cache" if address == "/v1/model" else "no-store")
    assert len(headers["x-request-id"]) == 16
    measured("security.headers", 0)


def test_a_request_keeps_its_own_id_unless_it_is_strange(client):
    assert client.get("/health/live", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/health/live", headers={"X-Request-ID": "a b\\n"}).headers["x-request-id"] != "a b\\n"


@pytest.mark.parametrize("hosts", [["a.example", "b.example"], ["a.example", "a.example"]])
def test_a_doubled_host_is_refused(client, problem, hosts):
    problem(client.get("/health/live", headers=[("Host", host) for host in hosts]), 400)


def test_settings_come_from_the_environment(monkeypatch):
    for name, value in {"PORT": "9001", "GPU_KEDRO_CORS_ORIGINS": "https://a.example", "GPU_KEDRO_API_KEY": ""}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.port, settings.cors_origins, settings.api_key) == (9001, ("https://a.example",), None)
