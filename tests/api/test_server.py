"""The process: its start on `$PORT`, and an end that loses no request."""

import asyncio
import contextlib
import http.client
import json
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
import uvicorn
from callers import BODY, JSON, Caller, FreshCaller
from loops import run_alone

from api.server import _ignore_callers, open_doors
from bench.processes import run_server

SO_LOCK_FILTER = 44


@pytest.fixture(scope="module")
def impatient(bundles, tmp_path_factory):
    """A service that gives its clients half a second for a head and two for a body."""
    command = [sys.executable, "-m", "api.server"]
    environment = {"GPU_KEDRO_BUNDLES": str(bundles), "GPU_KEDRO_HEAD_SECONDS": "0.5", "GPU_KEDRO_BODY_SECONDS": "2"}
    logs = tmp_path_factory.mktemp("impatient")
    with run_server("impatient", lambda port: ["env", f"PORT={port}", *command], environment, logs) as server:
        server.wait_until_ready("/health/ready", 60)
        yield server


def test_many_new_connections_are_taken_in_at_once():
    # uvloop's server takes one in each time that it comes round: the last of these would wait for forty rounds
    uvloop = pytest.importorskip("uvloop")
    taken_in = []

    class Guest(asyncio.Protocol):
        def connection_made(self, transport):
            taken_in.append(transport)

    async def run():
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(Guest, sock=door) for door in doors]
        for _ in range(5):
            await asyncio.sleep(0)
        for server in servers:
            server.close()

    doors = open_doors(uvicorn.Config(None, host="127.0.0.1", port=0))
    doors[0].listen()
    with contextlib.ExitStack() as guests:
        for _ in range(40):
            guests.enter_context(socket.create_connection(doors[0].getsockname()))
        run_alone(run(), uvloop.new_event_loop)
    assert len(taken_in) == 40


def ask(port, path="/health/ready"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_no_request_is_lost_on_sigterm_and_readiness_drops_first(start_server):
    process, port = start_server(drain_seconds=1, log_level="WARNING")
    callers = [Caller(port) for _ in range(8)]
    for caller in callers:
        caller.start()
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert (ask(port, "/health/ready"), ask(port, "/health/live")) == (503, 200)
    for caller in callers:
        caller.join(30)
    assert [caller.lost for caller in callers] == [0] * 8
    assert {status for caller in callers for status in caller.statuses} == {200}
    assert process.wait(10) == 0


def test_no_request_of_a_client_without_kept_connections_is_lost_on_sigterm(start_server):
    process, port = start_server(drain_seconds=0.2, log_level="WARNING")
    callers = [FreshCaller(port) for _ in range(16)]
    for caller in callers:
        caller.start()
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    for caller in callers:
        caller.join(30)
    assert [caller.lost for caller in callers] == [0] * 16
    assert {status for caller in callers for status in caller.statuses} == {200}
    assert process.wait(10) == 0


def test_a_service_without_a_bundle_starts_and_ends(start_server, tmp_path):
    process, port = start_server(bundles=tmp_path / "none", drain_seconds=0)
    assert (ask(port, "/health/live"), ask(port, "/health/ready")) == (200, 503)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_logs_of_the_process_are_json(start_server):
    process, port = start_server(drain_seconds=0)
    ask(port, "/nowhere")
    process.send_signal(signal.SIGTERM)
    lines = process.communicate(timeout=10)[0].decode().splitlines()
    assert {json.loads(line)["logger"] for line in lines} >= {"api.requests", "uvicorn.error"}


def test_a_body_that_never_ends_keeps_nobody_waiting(start_server):
    _, port = start_server(max_concurrency=1)
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/v1/predict", BODY, JSON)
        assert connection.getresponse().status == 200


def test_a_body_far_over_the_limit_gets_its_answer(start_server):
    _, port = start_server()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/v1/predict", b"x" * 30_000_000, JSON)
    assert connection.getresponse().status == 413


def test_a_file_that_arrives_too_slowly_is_given_up(start_server):
    _, port = start_server(body_seconds=0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(
            b"POST /v1/predict/file HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 50\r\n\r\nname"
        )
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b"HTTP/1.1 408"),
        (b"\r\n\r\n", b"HTTP/1.1 408"),
        (HEAD, b"HTTP/1.1 408"),
        (HEAD + b"Content-Length: 50\r\n\r\n{", b"HTTP/1.1 408"),
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nx", b"HTTP/1.1 200"),
        (HEAD + b"Content-Length: 3\r\n\r\n{}\n" + HEAD, b"HTTP/1.1 422"),
    ],
    ids=["nothing", "empty lines", "half a head", "half a body", "half a body nobody reads", "half a second request"],
)
def test_whoever_keeps_the_service_waiting_is_cut_off(impatient, sent, answer):
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=20) as slow:
        slow.sendall(sent)
        received = b""
        while part := slow.recv(10_000):
            received += part
    assert received.startswith(answer)


def test_a_head_without_end_is_refused(impatient):
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=20) as slow:
        slow.sendall(HEAD)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                slow.sendall(b"X-More: " + b"x" * 10_000 + b"\r\n")
        assert slow.recv(100).startswith(b"HTTP/1.1 431")


def test_whoever_never_takes_an_answer_is_cut_off(impatient):
    rows = b"name\n" + b"RTX 3070\n" * 50_000  # their answer is far larger than what a system keeps of it
    head = f"POST /v1/predict/file HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {len(rows)}\r\n\r\n"
    files = Path(f"/proc/{impatient.process.pid}/fd")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.settimeout(30)
        deaf.connect(("127.0.0.1", impatient.port))
        deaf.sendall(head.encode() + rows)
        assert deaf.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        connected, end = len(list(files.iterdir())), time.monotonic() + 30
        while len(list(files.iterdir())) >= connected:
            assert time.monotonic() < end, "is still connected"
            time.sleep(0.1)


def test_a_host_that_refuses_filters_lets_the_service_end():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, SO_LOCK_FILTER, 1)  # Linux refuses any other filter, also root's
        _ignore_callers(listener)
        with socket.create_connection(listener.getsockname(), timeout=5):
            pass
