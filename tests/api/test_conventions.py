"""What REST clients expect of every address."""

import pytest

LISTED = "/v1/gpus?q=rtx%203070"


def test_an_answer_is_not_sent_twice(client):
    first = client.get(LISTED)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(LISTED, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = client.get("/v1/gpus?q=rtx%203080", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("address", ["/v1/gpus/no%20such%20gpu", "/v1/nothing", "/health/live"])
def test_what_is_no_answer_has_no_validator(client, address):
    assert "etag" not in client.get(address).headers


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/v1/predict", "OPTIONS, POST"),
        ("/v1/frontier", "GET, HEAD, OPTIONS, POST"),
        ("/v1/gpus/RTX%203070", "GET, HEAD, OPTIONS"),
    ],
)
def test_each_address_says_what_it_takes(client, address, allowed):
    asked = client.options(address)
    assert (asked.status_code, asked.headers["allow"]) == (204, allowed)
    refused = client.delete(address)
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)


def test_nothing_is_allowed_where_nothing_is(client):
    assert client.options("/v1/nothing").status_code == 404


@pytest.mark.parametrize("address", ["/v1/model", "/v1/gpus", "/v1/predict"])
def test_a_slash_at_the_end_changes_nothing(client, address):
    ask = client.post if address == "/v1/predict" else client.get
    body = {"json": {"name": "RTX 3070"}} if address == "/v1/predict" else {}
    assert ask(address + "/", **body).json() == ask(address, **body).json()


def test_head_answers_as_get_without_a_body(client):
    head, get = client.head("/v1/model"), client.get("/v1/model")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", get.headers["etag"])


def test_large_answers_are_compressed_where_that_is_taken(client):
    packed = client.get("/v1/table", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    plain = client.get("/v1/table", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == packed.json()
    assert int(packed.headers["content-length"]) < 150_000
    small = client.get("/health/live", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers
