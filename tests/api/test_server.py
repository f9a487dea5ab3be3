"""The process alone: its start on `$PORT`, what it does with slow clients and few files, and its end."""

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest
from callers import BODY, JSON, Caller, FreshCaller

HEAD = "POST /v1/predict{} HTTP/1.1\r\nHost: x\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"


def ask(port, path="/health/ready"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def predict(port, rows=1):
    """Ask for one prediction, or for many in a batch."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        path, body = ("/v1/predict", BODY) if rows == 1 else ("/v1/predict/batch", json.dumps({"name": ["x"] * rows}))
        connection.request("POST", path, body, JSON)
        return connection.getresponse().status
    finally:
        connection.close()


def start(callers):
    """Let them ask for half a second."""
    for caller in callers:
        caller.start()
    time.sleep(0.5)
    return callers


def require_answers(callers):
    """Wait for their end: every request was answered, and well."""
    for caller in callers:
        caller.join(30)
    assert [caller.lost for caller in callers] == [0] * len(callers)
    assert {status for caller in callers for status in caller.statuses} == {200}


def test_on_sigterm_readiness_drops_first_and_what_is_asked_is_answered(start_server):
    process, port = start_server(drain_seconds=5, log_level="WARNING")
    callers = start([Caller(port) for _ in range(8)])
    process.send_signal(signal.SIGTERM)
    while ask(port, "/health/ready") == 200:
        time.sleep(0.05)
    assert (ask(port, "/health/ready"), ask(port, "/health/live"), predict(port)) == (503, 200, 200)
    require_answers(callers)
    assert process.wait(10) == 0


def test_a_crowd_that_comes_again_at_once_does_not_keep_the_service_from_ending(start_server):
    """As a front does whose other replica is away: with each answer the next client waits already."""
    process, port = start_server(drain_seconds=0.5, log_level="WARNING")
    callers = start([FreshCaller(port) for _ in range(64)])
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0  # they go on for 20 s where somebody listens
    require_answers(callers)


def test_a_batch_that_is_being_answered_is_answered_to_its_end(start_server):
    process, port = start_server(drain_seconds=1, log_level="WARNING")
    names = [f"RTX 3070 {place}" for place in range(5000)]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/predict/batch", json.dumps({"name": names}), JSON)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["rows"]) == (200, 5000)
    assert process.wait(10) == 0


def test_a_service_without_a_bundle_starts_and_ends(start_server, tmp_path):
    process, port = start_server(bundles=tmp_path / "none", drain_seconds=0)
    assert (ask(port, "/health/live"), ask(port, "/health/ready")) == (200, 503)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_ctrl_c_ends_it_well(start_server):
    process, port = start_server()
    assert predict(port) == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_a_port_that_is_taken_is_told_in_one_line_before_anything_is_loaded(start_server):
    _, port = start_server()
    command = [sys.executable, "-m", "api.server"]
    second = subprocess.run(command, env=os.environ | {"PORT": str(port)}, capture_output=True, text=True, timeout=60)
    assert second.returncode != 0
    (line,) = second.stdout.splitlines()
    assert "already in use" in json.loads(line)["message"]
    assert second.stderr == ""


def test_logs_of_the_process_are_json(start_server):
    process, port = start_server(drain_seconds=0)
    ask(port, "/nowhere")
    process.send_signal(signal.SIGTERM)
    lines = process.communicate(timeout=10)[0].decode().splitlines()
    assert {json.loads(line)["logger"] for line in lines} >= {"api.requests", "uvicorn.error"}


def test_bodies_that_never_end_keep_nobody_waiting(start_server):
    _, port = start_server(max_concurrency=1, max_bulk=1)
    with contextlib.ExitStack() as clients:
        for head in (HEAD.format("", "application/json", 50), HEAD.format("/file", "text/csv", 50)):
            for _ in range(20):
                slow = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
                slow.sendall(head.encode() + b"{")
        assert (predict(port), predict(port, rows=10)) == (200, 200)


def test_a_body_far_over_the_limit_gets_its_answer(start_server):
    _, port = start_server()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/v1/predict", b"x" * 30_000_000, JSON)
    assert connection.getresponse().status == 413


def test_a_file_that_arrives_too_slowly_is_given_up(start_server):
    _, port = start_server(body_seconds=0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(HEAD.format("/file", "text/csv", 50).encode() + b"name")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_a_request_names_its_host_unless_it_is_of_an_old_client(start_server, version):
    _, port = start_server()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(f"GET /health/live HTTP/{version}\r\n\r\n".encode())
        assert client.recv(12) == (b"HTTP/1.1 400" if version == "1.1" else b"HTTP/1.1 200")


def test_clients_that_take_no_answer_hold_no_slot_and_are_given_up(start_server):
    _, port = start_server(max_bulk=1, heavy_threads=1, body_seconds=2)
    rows = b"name\n" + b"RTX 3070\n" * 50_000  # their answer is far larger than what a system keeps of it
    with contextlib.ExitStack() as clients:
        deaf = [clients.enter_context(socket.socket()) for _ in range(8)]
        for one in deaf:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(30)
            one.connect(("127.0.0.1", port))
            one.sendall(HEAD.format("/file", "text/csv", len(rows)).encode() + rows)
            assert one.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        assert (predict(port), predict(port, rows=1000)) == (200, 200)
        end = time.monotonic() + 30
        while any(is_open(one) for one in deaf):
            assert time.monotonic() < end, "is still connected"


def is_open(client):
    """Whether more than what lies on the way can be taken from a connection."""
    with contextlib.suppress(TimeoutError, ConnectionError):
        client.settimeout(0.2)
        return client.recv(4096) != b""
    return False


def test_idle_connections_make_room_where_the_process_may_open_no_more(start_server):
    process, port = start_server(drain_seconds=0)
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (300, 300))
    with contextlib.ExitStack() as clients:
        for _ in range(400):
            clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        assert [ask(port, "/health/live"), predict(port)] == [200, 200]


@pytest.mark.parametrize("files", [150, 300])
def test_kept_connections_make_room_for_whoever_comes(start_server, files):
    process, port = start_server(drain_seconds=0, log_level="WARNING")
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (files, files))
    with contextlib.ExitStack() as clients:
        for _ in range(files):
            kept = clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            kept.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert kept.recv(15) == b"HTTP/1.1 200 OK"
        assert [ask(port, "/health/live"), predict(port)] == [200, 200]


def test_clients_that_come_together_leave_files_for_the_rest(start_server):
    process, port = start_server(drain_seconds=0, log_level="WARNING")
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (300, 300))
    with contextlib.ExitStack() as clients:
        for _ in range(800):
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        for _ in range(20):
            assert ask(port, "/health/live") == 200
            assert len(os.listdir(f"/proc/{process.pid}/fd")) < 250


def test_a_body_that_comes_after_its_answer_is_passed_over_whole(start_server):
    _, port = start_server(log_level="WARNING")
    body = b"a\r\nupgrade: h2c\r\nb\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        answer = http.client.HTTPResponse(client, method="POST")
        answer.begin()
        answer.read()
        client.sendall(body + b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (answer.status, client.recv(15)) == (404, b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "wish",
    ["Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n", "HTTP2-Settings: AAEAAEAAAAIAAAAB\r\nUpgrade: h2c\r\n"],
)
def test_a_client_that_would_rather_speak_http_2_is_answered(start_server, wish):
    """Java's own asks so with its first request, and a proxy may send head and body apart."""
    _, port = start_server(log_level="WARNING")
    wish = f"\r\nConnection: Upgrade, HTTP2-Settings\r\n{wish}\r\n"
    head = HEAD.format("", "application/json", len(BODY)).replace("\r\n\r\n", wish).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        body = BODY.encode()
        for parts in ([head + body], [head, body], [head + body[:3], body[3:]]):
            for part in parts:
                connection.sendall(part)
                time.sleep(0.05)
            told = http.client.HTTPResponse(connection, method="POST")
            told.begin()
            assert (told.status, bool(json.loads(told.read())["answer"])) == (200, True)
