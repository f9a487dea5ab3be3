"""The service behind its front: a real nginx with deploy/edge/nginx.conf."""

import http.client
import json
import re
import select
import socket
import ssl
import subprocess
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from callers import BODY, JSON
from edge import FILE

from bench.processes import find_port

HOST = b"Host: gpu.example\r\n"
PREDICT = b"POST /v1/predict HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def service(serve_all):
    """Port of a service that counts its requests."""
    return serve_all(metrics="true", drain_seconds=0, log_level="WARNING")[1]


@pytest.fixture
def edge(service, start_edge):
    """Port of a front with the settings of compose.yml."""
    return start_edge(service).port


def ask(port, path="/v1/model", body=None, headers=None, client="127.0.0.1"):
    """An answer that is read to its end; each address of loopback is a client of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(client, 0))
    try:
        connection.request("GET" if body is None else "POST", path, body, headers or (JSON if body else {}))
        answer = connection.getresponse()
        answer.content = answer.read()
        return answer
    finally:
        connection.close()


def send(port, content):
    """Status and body of what comes back for bytes as they are."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(content)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        return answer.status, answer.read()


def count_in_flight(service):
    """Requests that the service is answering, without the one that asks."""
    with urllib.request.urlopen(f"http://127.0.0.1:{service}/metrics", timeout=5) as answer:
        return float(re.search(rb"^gpu_kedro_requests_in_flight (\S+)", answer.read(), re.MULTILINE)[1]) - 1


def wait_for(expected, look, seconds=30):
    end = time.monotonic() + seconds
    seen = Counter()
    while (found := look()) != expected:
        seen[found] += 1
        assert time.monotonic() < end, f"not {expected} within {seconds} s, but {seen}"
        time.sleep(0.1)


@pytest.mark.parametrize(
    "request_bytes",
    [
        # as Java's client asks unless told otherwise
        PREDICT
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAA\r\n"
        + b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY.encode()),
        PREDICT
        + b"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n%x\r\n%b\r\n0\r\nX-Sum: 1\r\n\r\n"
        % (len(BODY), BODY.encode()),
        PREDICT + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY.encode()),
    ],
    ids=["Upgrade: h2c", "trailers", "Expect"],
)
def test_what_is_about_one_connection_ends_at_the_front(edge, request_bytes):
    status, body = send(edge, request_bytes)
    assert (status, json.loads(body).get("name")) == (200, "RTX 3070")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /v1/model HTTP/1.1\r\n\r\n",
        b"GET /v1/model HTTP/1.1\r\n" + 2 * HOST + b"\r\n",
        b"GET /v1/model HTTP/1.1\r\n" + HOST + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n",
        b"GET /v1/model HTTP/1.1\r\n"
        + HOST
        + b"".join(b"X-%d: %b\r\n" % (n, b"x" * 5000) for n in range(20))
        + b"\r\n",
    ],
    ids=["no host", "two hosts", "a long header", "many headers"],
)
def test_a_bad_head_is_refused_at_the_front(edge, service, head):
    status, body = send(edge, head)
    assert status == 400
    assert json.loads(body)["status"] == 400


def test_a_body_over_the_limit_is_refused_at_the_front(edge):
    status, body = send(edge, PREDICT + b"Content-Length: 20000001\r\n\r\n{")
    assert (status, json.loads(body)["detail"]) == (413, "the body is larger than 20,000,000 bytes")


def test_metrics_are_hidden_and_the_description_where_asked(service, start_edge):
    assert ask(service, "/metrics").status == 200
    assert ask(start_edge(service).port, "/metrics").status == 404
    assert ask(start_edge(service).port, "/docs").status == 200
    closed = start_edge(service, hidden="^/(metrics|docs|openapi.json)").port
    assert [ask(closed, path).status for path in ("/metrics", "/docs", "/docs/start.js", "/openapi.json")] == [404] * 4
    assert ask(closed, "/v1/predict", BODY).status == 200


@pytest.mark.parametrize(
    "path", ["/metrics/", "/metrics//", "/metrics%2f", "//metrics", "/%6detrics/", "/v1/../metrics"]
)
def test_no_spelling_of_a_hidden_address_leads_past_the_front(service, edge, path):
    assert ask(service, "/metrics/").status == 200
    assert ask(edge, path).status == 404


def test_what_is_hidden_is_hidden_from_every_lane(service, start_edge):
    closed = start_edge(service, hidden="^/(v1/predict/batch|health/ready)$").port
    batch = json.dumps({"name": ["RTX 3070"]})
    assert [ask(closed, f"/v1/predict/batch{end}", batch).status for end in ("", "/")] == [404, 404]
    assert [ask(closed, path).status for path in ("/health/ready", "/health/live", "/health")] == [404, 200, 404]


def test_a_slash_at_the_end_changes_nothing_else(edge):
    batch = json.dumps({"name": ["RTX 3070"]})
    told = [ask(edge, f"/v1/predict/batch{end}", batch).content for end in ("", "/")]
    assert told[0] == told[1]
    name = "/v1/gpus/GeForce%20RTX%203070"
    assert [ask(edge, f"{name}{end}").status for end in ("", "/")] == [200, 200]


def test_one_client_has_a_rate_and_others_and_health_have_theirs(service, start_edge):
    edge = start_edge(service, rate=1).port
    began = time.monotonic()
    statuses = Counter(ask(edge).status for _ in range(200))
    assert set(statuses) == {200, 429}
    assert 100 <= statuses[200] <= 102 + time.monotonic() - began
    refused = next(answer for answer in (ask(edge) for _ in range(50)) if answer.status == 429)
    assert refused.getheader("Retry-After") in {"3", "4", "5", "6"}
    assert refused.getheader("Content-Type") == "application/problem+json"
    assert ask(edge, client="127.0.0.2").status == 200
    assert {ask(edge, "/health/ready").status for _ in range(20)} == {200}


def test_one_client_has_so_many_connections_and_others_have_theirs(service, start_edge):
    edge = start_edge(service, connections=4).port
    slow = [socket.create_connection(("127.0.0.1", edge)) for _ in range(6)]
    for one in slow:
        one.sendall(PREDICT + b"Content-Length: 50\r\n\r\n{")
    # whichever come first, four are held and two are put off
    wait_for(2, lambda: len(select.select(slow, [], [], 0)[0]), seconds=8)
    assert ask(edge).status == 429
    assert ask(edge, client="127.0.0.2").status == 200
    for one in slow:
        one.close()
    wait_for(200, lambda: ask(edge).status)


def test_another_address_is_believed_from_a_balancer_that_is_named_and_from_nobody_else(service, start_edge):
    def count_answered(edge):
        return sum(ask(edge, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status == 200 for n in range(200))

    assert count_answered(start_edge(service, rate=1).port) < 200
    assert count_answered(start_edge(service, rate=1, trusted="127.0.0.1").port) == 200


def test_slow_senders_never_reach_the_service(edge, service):
    slow = [socket.create_connection(("127.0.0.1", edge)) for _ in range(20)]
    for one in slow:
        one.sendall(PREDICT + b"Content-Length: 50\r\n\r\n{")
    time.sleep(1)
    assert count_in_flight(service) == 0
    assert ask(edge, "/v1/predict", BODY).status == 200
    for one in slow:
        one.close()


def test_slow_readers_do_not_keep_the_service(edge, service):
    rows = b"name\n" + b"RTX 3070\n" * 20_000
    head = b"POST /v1/predict/file HTTP/1.1\r\n" + HOST + b"Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n"
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", edge))
        deaf.settimeout(60)
        deaf.sendall(head % len(rows) + rows)
        assert deaf.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        wait_for(0, lambda: count_in_flight(service), seconds=120)


def test_one_of_two_replicas_is_enough_and_without_any_it_is_503_with_when_to_come_again(start_server, start_edge):
    process, port = start_server(drain_seconds=0, log_level="WARNING")
    edge = start_edge(port, other=find_port()).port
    assert {ask(edge, "/v1/predict", BODY).status for _ in range(10)} == {200}
    process.kill()
    process.wait()
    answer = ask(edge, "/v1/predict", BODY)
    assert (answer.status, answer.getheader("Content-Type")) == (503, "application/problem+json")
    assert answer.getheader("Retry-After") in {"3", "4", "5", "6"}


def test_answers_are_compressed_and_requests_named(edge):
    answer = ask(edge, "/v1/predict", BODY, {**JSON, "Accept-Encoding": "gzip", "X-Request-ID": "mine-1"})
    assert (answer.getheader("Content-Encoding"), answer.getheader("X-Request-ID")) == ("gzip", "mine-1")
    for name in ("", "a b", "x" * 65):
        answer = ask(edge, "/metrics", headers={"X-Request-ID": name})
        assert re.fullmatch("[0-9a-f]{32}", answer.getheader("X-Request-ID"))


def test_it_speaks_tls_where_it_has_a_certificate(service, start_edge, certificate: Path):
    port = find_port()
    own = (FILE.parent / "tls.conf").read_text().replace("listen 8443", f"listen 127.0.0.1:{port}")
    start_edge(service, extras={"tls.conf": own.replace("/certificates", str(certificate.parent))})
    context = ssl.create_default_context(cafile=certificate)
    connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=context)
    connection.request("GET", "/health/ready")
    assert connection.getresponse().status == 200
    with pytest.raises(ssl.SSLError):
        ssl.create_default_context().wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="x")


@pytest.fixture
def certificate(tmp_path):
    """A certificate of this test for localhost, with its key beside it."""
    key, certificate = tmp_path / "tls.key", tmp_path / "tls.crt"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    given = ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *given, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate
