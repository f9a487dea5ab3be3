"""One command starts the app and its service, and ends both."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from gpu_kedro.command_line import main
from streamlit_app.launch import choose_port, is_free, is_service


@contextmanager
def run_app(tmp_path, bundles, *options, **environment):
    """`gpu-kedro app` on a free port, once it answers; gives the process and the address of the app."""
    port, log = choose_port(), tmp_path / "app.log"
    command = [Path(sys.executable).with_name("gpu-kedro"), "app", "--port", str(port), *options]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            env={**os.environ, "GPU_KEDRO_BUNDLES": str(bundles), **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_answered(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield process, port, log
    finally:
        process.kill()
        process.wait()


def answers(address):
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def wait_until_answered(address, process, log):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if answers(address):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_is_started_with_the_app_and_ended_with_it(tmp_path, bundles, number):
    service_port = choose_port()
    with run_app(tmp_path, bundles, PORT=str(service_port)) as (process, port, log):
        assert is_service(f"http://127.0.0.1:{service_port}")
        assert f"starting the service at http://127.0.0.1:{service_port}" in log.read_text()
        process.send_signal(number)
        assert process.wait(30) == 0
        assert is_free("127.0.0.1", port)
        assert is_free("127.0.0.1", service_port)
        assert "Traceback" not in log.read_text()


def test_a_service_that_answers_is_used_and_left_running(tmp_path, bundles, service):
    with run_app(tmp_path, bundles, API_URL=service) as (process, _, log):
        assert f"asking the service at {service}" in log.read_text()
        process.terminate()
        assert process.wait(30) == 0
    assert is_service(service)


def test_in_process_there_is_no_service(tmp_path, bundles):
    with run_app(tmp_path, bundles, "--in-process", PORT=str(choose_port())) as (process, _, log):
        assert "service" not in log.read_text()
        process.terminate()
        assert process.wait(30) == 0


def test_a_taken_port_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(main, ["app", "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 1
    assert "is taken" in done.output


def test_a_wrong_address_is_told_by_name(monkeypatch):
    monkeypatch.setenv("API_URL", "nonsense")
    done = CliRunner().invoke(main, ["app"])
    assert done.exit_code == 1
    assert "API_URL" in done.output
