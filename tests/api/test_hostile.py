import json

import pytest
from attacks import BODIES, MARK
from hypothesis import given, settings
from hypothesis import strategies as st

JSON = {"content-type": "application/json"}
ADDRESSES = ["/v1/predict", "/v1/predict/batch", "/v1/value", "/v1/compare"]


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=list(BODIES))
def test_a_hostile_body_is_refused_and_not_repeated(client, problem, body, status):
    answer = client.post("/v1/predict", content=body, headers=JSON)
    problem(answer, status)
    assert MARK not in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_breaks_or_repeats(client, problem, address):
    for body, _ in BODIES.values():
        answer = client.post(address, content=body, headers=JSON)
        assert answer.status_code in (400, 422)
        problem(answer, answer.status_code)
        assert MARK not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "application/problem+json"},
        [("content-type", "application/json"), ("content-type", "text/plain")],
    ],
)
def test_another_content_type_is_refused(client, problem, headers):
    problem(client.post("/v1/predict", content=b'{"name": "RTX 3070"}', headers=headers), 415)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8"])
def test_the_content_type_is_read_as_http_has_it(client, content_type):
    answer = client.post("/v1/predict", content=b'{"name": "RTX 3070"}', headers={"content-type": content_type})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/{MARK}", 404),
        (f"/v1/gpus/{MARK}", 404),
        (f"/v1/gpus?{MARK}=1", 422),
        (f"/v1/gpus?limit={MARK}", 422),
        (f"/v1/gpus?limit={'9' * 5000}", 422),
        (f"/v1/gpus?segment={MARK}", 422),
        ("/v1/gpus?q=%00", 422),
        ("/v1/gpus/%00", 422),
        (f"/v1/gpus/{'x' * 301}", 422),
        ("/v1/frontier?budget_usd=nan", 422),
        ("/v1/frontier?budget_usd=1e400", 422),
        ("/docs/..%2f..%2fpyproject.toml", 404),
        ("/docs/__init__.py", 404),
    ],
)
def test_a_hostile_address_is_refused_and_not_repeated(client, problem, address, status):
    answer = client.get(address)
    problem(answer, status)
    assert MARK not in answer.text


_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "tdp_w", "specs", "price_usd", "names", "x"]), _JSON_VALUES))
def test_no_json_breaks_the_service(client, body):
    for address in ADDRESSES:
        answer = client.post(address, content=json.dumps(body).encode(), headers=JSON)
        assert answer.status_code in (200, 400, 422)
