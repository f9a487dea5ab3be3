import json
import logging

import pytest

from api.middleware.json_logs import JsonFormatter

MARK = "zq7-of-the-test"


@pytest.fixture
def read_log(capsys):
    def read(message):
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return [line for line in lines if line["message"] == message]

    return read


def test_a_request_is_one_line_without_key_body_or_address(open_client, read_log, version):
    client = open_client(log_level="INFO", api_key=MARK)
    headers = {"X-API-Key": MARK, "X-Request-ID": "id-1"}
    client.post("/v1/predict", json={"name": "GeForce RTX 3070"}, headers=headers)
    client.get("/v1/gpus/GeForce%20RTX%203070", headers=headers)
    predicted, looked_up = read_log("request")
    assert predicted.pop("ms") > 0
    assert set(predicted.pop("time")) <= set("0123456789-:.T+")
    assert predicted == {
        "level": "INFO",
        "logger": "api.requests",
        "message": "request",
        "request_id": "id-1",
        "method": "POST",
        "path": "/v1/predict",
        "status": 200,
        "model_version": version,
    }
    assert looked_up["path"] == "/v1/gpus/{name:path}"
    assert MARK not in json.dumps([predicted, looked_up])


def test_health_is_not_logged(open_client, read_log):
    open_client(log_level="INFO").get("/health/live")
    assert read_log("request") == []


def test_an_error_nobody_expected_is_a_500_that_tells_nothing(open_client, read_log, problem, monkeypatch):
    client = open_client(log_level="INFO")

    def fail(queries):
        raise RuntimeError(MARK)

    monkeypatch.setattr(client.app.state.store.current(), "predict", fail)
    answer = client.post("/v1/predict", json={"name": "RTX 3070"})
    problem(answer, 500)
    (line,) = read_log("failed")
    assert MARK not in answer.text + json.dumps(line)
    assert line["exception"] == "RuntimeError"
    assert line["trace"][-1].endswith(" fail")
    assert line["request_id"] == answer.headers["x-request-id"]


def test_a_line_is_one_line():
    record = logging.LogRecord("a", logging.INFO, "", 0, "two\nlines", None, None)
    assert "\n" not in JsonFormatter().format(record)
