"""The real application with a real bundle, and applications with other settings."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from bench.processes import find_port

OpenClient = Callable[..., TestClient]
Problem = Callable[[Any, int], dict[str, Any]]
StartServer = Callable[..., tuple[subprocess.Popen[bytes], int]]


@pytest.fixture(scope="session")
def version(bundles: Path) -> str:
    return json.loads((bundles / "current.json").read_text())["version"]


@pytest.fixture
def store(bundles: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    return Path(shutil.copytree(bundles, tmp_path / "bundles"))


@pytest.fixture(scope="session")
def client(bundles: Path) -> Iterator[TestClient]:
    """The service as it starts without settings."""
    with TestClient(create_app(Settings(bundles=bundles, log_level="WARNING"))) as started:
        yield started


@pytest.fixture
def open_client(bundles: Path) -> Iterator[OpenClient]:
    """Starts the service with other settings."""
    with ExitStack() as stack:

        def start(**settings: Any) -> TestClient:
            chosen = Settings(**{"bundles": bundles, "log_level": "WARNING", **settings})
            return stack.enter_context(TestClient(create_app(chosen)))

        yield start


@pytest.fixture(scope="session")
def problem() -> Problem:
    """Checks the form of an error and gives what it tells."""

    def read(answer: Any, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 20_000
        told: dict[str, Any] = answer.json()
        assert {"type", "title", "status", "detail"} <= set(told)
        assert told["status"] == status
        return told

    return read


@contextmanager
def serve(bundles: Path) -> Iterator[StartServer]:
    """Starts the service as a process on a free port, as often as asked, and ends it."""
    started: list[subprocess.Popen[bytes]] = []

    def run(**settings: Any) -> tuple[subprocess.Popen[bytes], int]:
        port = find_port()
        environment = {**os.environ, "PORT": str(port), "GPU_KEDRO_BUNDLES": str(bundles)}
        environment |= {f"GPU_KEDRO_{name.upper()}": str(value) for name, value in settings.items()}
        process = subprocess.Popen([sys.executable, "-m", "api.server"], env=environment, stdout=subprocess.PIPE)
        started.append(process)
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5):
                    return process, port
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the service did not start")

    try:
        yield run
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.fixture
def start_server(bundles: Path) -> Iterator[StartServer]:
    """Starts the service as a process on a free port."""
    with serve(bundles) as start:
        yield start


@pytest.fixture(scope="module")
def serve_all(bundles: Path) -> Iterator[StartServer]:
    """Starts services that all tests of a file share."""
    with serve(bundles) as start:
        yield start


@pytest.fixture(scope="module")
def address(serve_all: StartServer) -> str:
    """Of a service in a process of its own."""
    return f"http://127.0.0.1:{serve_all()[1]}"
