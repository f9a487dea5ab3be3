"""MLflow's pages over the local store, for as long as the command runs that shows them."""

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import NoReturn

_PATIENCE_SECONDS = 5


def show_runs(store: str, host: str, port: str) -> int:
    """Serve the pages until the server ends or this process is told to; then nothing of the server is left.

    MLflow's own command starts processes that outlive it, workers and a runner of jobs among them that one person has
    no use for.

    Returns:
        The server's exit code.
    """
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", store, "--host", host, "--port", port]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    server = subprocess.Popen([*command, "--workers", "1"], env=environment, start_new_session=True)  # noqa: S603
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        _end(server)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _end(server: "subprocess.Popen[bytes]") -> None:
    """End the server's group of processes, those that were told to and are still there at once."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, how)
        except ProcessLookupError:
            return
        try:
            server.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
