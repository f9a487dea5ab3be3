import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

JSON = {"content-type": "application/json"}
#: Marks a value, so that an answer that repeats it is found out.
MARK = "zq7secret"
ADDRESSES = ["/v1/predict", "/v1/predict/batch", "/v1/value", "/v1/compare"]
BODIES = {
    "not json": (b"name=RTX " + MARK.encode(), 400),
    "cut off": (b'{"name": "' + MARK.encode(), 400),
    "NaN": (b'{"name": "RTX", "tdp_w": NaN}', 400),
    "Infinity": (b'{"name": "RTX", "tdp_w": -Infinity}', 400),
    "too large a number": (b'{"name": "RTX", "tdp_w": 1e400}', 422),
    "too many digits": (b'{"name": "RTX", "tdp_w": ' + b"7" * 5000 + b"}", 400),
    "digits just readable": (b'{"name": "RTX", "tdp_w": ' + b"7" * 350 + b"}", 422),
    "deep list": (b"[" * 100_000, 400),
    "deep object": (b'{"name":' * 100_000, 400),
    "deep and closed": (b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}", 422),
    "key twice": (b'{"name": "RTX", "name": "GTX"}', 400),
    "key twice inside": (b'{"name": "RTX", "specs": {"tdp_w": 1, "tdp_w": 2}}', 400),
    "lone surrogate": (b'{"name": "\\ud800 zq7secret"}', 422),
    "lone surrogate as key": (b'{"name": "RTX", "\\udfff": 1}', 422),
    "control character": (b'{"name": "RTX\\u0007 zq7secret"}', 422),
    "raw control character": (b'{"name": "RTX\x07 zq7secret"}', 400),
    "null character": (b'{"name": "RTX\\u0000"}', 422),
    "unknown field": (b'{"name": "RTX", "zq7secret": "zq7secret"}', 422),
    "long unknown field": (b'{"name": "RTX", "' + MARK.encode() * 50_000 + b'": 1}', 422),
    "many unknown fields": (json.dumps({f"{MARK}{place}": 1 for place in range(20_000)}).encode(), 422),
    "wrong types": (json.dumps({"name": [MARK] * 1000, "tdp_w": {MARK: MARK}, "specs": MARK}).encode(), 422),
    "long name": (json.dumps({"name": MARK * 50_000}).encode(), 422),
    "UTF-16": ('{"name": "RTX"}'.encode("utf-16"), 400),
    "Latin-1": ('{"name": "RTX é"}'.encode("latin-1"), 400),
    "byte order mark": (b'\xef\xbb\xbf{"name": "RTX"}', 400),
    "null": (b"null", 422),
    "text": (b'"zq7secret"', 422),
    "nothing": (b"", 422),
}


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
        ("/v1/gpus/", 422),
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
