"""The app and its service as processes, for measurements and for tests in a browser."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Server, run_server
from streamlit_app.launch import APP

_START_SECONDS = 60


@dataclass(frozen=True)
class RunningApp:
    """A running app.

    Args:
        address: of the app.
        service: the service it asks.
    """

    address: str
    service: Server


@contextmanager
def run_app(bundles: Path, logs: Path) -> Iterator[RunningApp]:
    """Start the service and the app that asks it; end both on the way out.

    Args:
        bundles: store of bundles to answer from.
        logs: folder of the logs.
    """
    quiet = {"GPU_KEDRO_BUNDLES": str(bundles), "GPU_KEDRO_DRAIN_SECONDS": "0", "GPU_KEDRO_LOG_LEVEL": "WARNING"}
    with run_server("service", _service_command, quiet, logs) as service:
        service.wait_until_ready("/health/ready", _START_SECONDS)
        asking = {"API_URL": f"http://127.0.0.1:{service.port}"}
        with run_server("app", _app_command, asking, logs) as app:
            app.wait_until_ready("/_stcore/health", _START_SECONDS)
            yield RunningApp(f"http://127.0.0.1:{app.port}", service)


def _service_command(port: int) -> list[str]:
    return ["env", f"PORT={port}", sys.executable, "-m", "api.server"]


def _app_command(port: int) -> list[str]:
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    return [*command, "--server.address", "127.0.0.1", "--browser.serverAddress", "localhost"]
