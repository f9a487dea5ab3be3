"""Recorded runs can be looked at in the browser."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from workspace import PROJECT, Workspace

from bench.processes import find_port

pytestmark = pytest.mark.servers


def test_make_shows_recorded_runs_without_an_activated_environment_and_leaves_no_process(workspace: Workspace):
    programs = os.path.relpath(Path(sys.executable).parent, PROJECT)
    recipe = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", f"BIN={programs}", "mlflow-ui"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()[-1]
    port = find_port()
    command = recipe.replace("kedro mlflow ui", f"kedro mlflow ui --env test --port {port}")
    assert command != recipe
    others = [part for part in os.environ["PATH"].split(os.pathsep) if part != str(PROJECT / programs)]
    environment = os.environ | workspace.environment() | {"PATH": os.pathsep.join(others)}
    log = workspace.folder / "ui.log"
    with log.open("wb") as output:
        process = subprocess.Popen(["bash", "-c", command], cwd=PROJECT, env=environment, stdout=output, stderr=output)
    started = [psutil.Process(process.pid)]
    try:
        assert "MLflow" in _wait_for(f"http://127.0.0.1:{port}", process, log)
        started += started[0].children(recursive=True)
        assert len(started) > 1
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        assert [left for left in started if left.is_running()] == []
    finally:
        for left in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(address, trust_env=False).raise_for_status().text
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())
