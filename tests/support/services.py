"""The real service as a process on loopback, on a store of real bundles, with the packages of its image."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.environments import SERVICE_PATH, write_service_command
from bench.processes import Server, run_server
from gpu_kedro.modelling.bundle.files import POINTER

StartService = Callable[..., Server]


@contextmanager
def serve(store: Path, logs: Path, port: int = 0, **settings: object) -> Iterator[Server]:
    """The service as its image starts it, with other settings, from when it is ready to its end.

    On a free port unless one is given.
    """
    environment = {
        "GPU_KEDRO_BUNDLES": str(store),
        "GPU_KEDRO_LOG_LEVEL": "WARNING",
        "PYTHONPATH": SERVICE_PATH,
    }
    environment |= {f"GPU_KEDRO_{name.upper()}": str(value) for name, value in settings.items()}
    with run_server("service", write_service_command, environment, logs, port) as server:
        server.wait_until_ready("/health/ready", 120)
        yield server


def copy_store(bundle: Path, store: Path) -> Path:
    """A store in which a copy of one bundle is served."""
    shutil.copytree(bundle, store / bundle.name)
    (store / POINTER).write_text(json.dumps({"version": bundle.name}))
    return store
