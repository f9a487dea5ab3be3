"""The process: its start on `$PORT`, and an end that loses no request."""

import http.client
import json
import signal
import socket
import threading
import time

from api.server import _ignore_callers

SO_LOCK_FILTER = 44
BODY = json.dumps({"name": "RTX 3070"})
JSON = {"Content-Type": "application/json"}


def ask(port, path="/health/ready"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


class Caller(threading.Thread):
    """Asks again and again over one connection, until that is closed with an answer."""

    def __init__(self, port):
        super().__init__()
        self.port, self.statuses, self.lost = port, [], 0

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                connection.request("POST", "/v1/predict", BODY, JSON)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                return
            self.statuses.append(answer.status)
            if answer.getheader("Connection") == "close":
                return


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


class FreshCaller(Caller):
    """Asks on a new connection each time, until nobody listens any more."""

    def run(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.connect()
            except OSError:
                return
            try:
                connection.request("POST", "/v1/predict", BODY, {**JSON, "Connection": "close"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                return
            self.statuses.append(answer.status)


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


def test_a_host_that_refuses_filters_lets_the_service_end():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, SO_LOCK_FILTER, 1)  # Linux refuses any other filter, also root's
        _ignore_callers(listener)
        with socket.create_connection(listener.getsockname(), timeout=5):
            pass
