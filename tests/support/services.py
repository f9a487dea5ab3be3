"""The real service as a process on loopback, on a store of real bundles."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import Server, run_server
from gpu_kedro.modelling.bundle.files import POINTER

StartService = Callable[..., Server]


@contextmanager
def serve(store: Path, logs: Path, port: int = 0, **settings: object) -> Iterator[Server]:
    """`gpu-kedro serve` with other settings, from when it is ready to its end; on a free port unless one is given."""
    environment = {"GPU_KEDRO_BUNDLES": str(store), "GPU_KEDRO_LOG_LEVEL": "WARNING"}
    environment |= {f"GPU_KEDRO_{name.upper()}": str(value) for name, value in settings.items()}
    arguments = ["-c", "from gpu_kedro.command_line import main; main()", "serve", "--port"]
    with run_server(
        "service", lambda chosen: [sys.executable, *arguments, str(chosen)], environment, logs, port
    ) as server:
        server.wait_until_ready("/health/ready", 120)
        yield server


def copy_store(bundle: Path, store: Path) -> Path:
    """A store in which a copy of one bundle is served."""
    shutil.copytree(bundle, store / bundle.name)
    (store / POINTER).write_text(json.dumps({"version": bundle.name}))
    return store
