"""The real service as a process on loopback, on the bundle that `kedro run` trained where there is one."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from promises import Measured

from bench.processes import Server, run_server
from gpu_kedro.modelling.bundle import POINTER, BundleError, read_bundle, read_pointer
from gpu_kedro.resolvers import bundle_store

#: Read before the tests take the developer's settings away.
TRAINED = bundle_store()
StartService = Callable[..., Server]


@pytest.fixture(scope="session")
def bundle(request: pytest.FixtureRequest) -> Path:
    """Folder of the bundle that is served: the trained one, else that of a run on the sample."""
    try:
        folder = TRAINED / read_pointer(TRAINED)
        read_bundle(folder)
    except BundleError:
        store = request.getfixturevalue("trained").data / "06_models" / "bundles"
        folder = store / read_pointer(store)
    return folder


@pytest.fixture
def bundle_of(bundle: Path, measured: Measured) -> str:
    """Says under the table which bundle was served."""
    kind = "trained by `kedro run`" if bundle.parent == TRAINED else "of a run on the sample (`--env test`)"
    measured.note("bundle", f"{bundle.name}, {kind}")
    return bundle.name


@pytest.fixture
def store(bundle: Path, bundle_of: str, tmp_path: Path) -> Path:
    """A store with a copy of the bundle, which a test may change."""
    return copy_store(bundle, tmp_path / "bundles")


def copy_store(bundle: Path, store: Path) -> Path:
    shutil.copytree(bundle, store / bundle.name)
    (store / POINTER).write_text(json.dumps({"version": bundle.name}))
    return store


@pytest.fixture
def start_service(tmp_path: Path) -> Iterator[StartService]:
    """Starts `gpu-kedro serve` on a store with other settings, and waits until it answers; ended after the test."""
    with ExitStack() as stack:

        def start(store: Path, **settings: object) -> Server:
            return stack.enter_context(serve(store, tmp_path, **settings))

        yield start


@contextmanager
def serve(store: Path, logs: Path, **settings: object) -> Iterator[Server]:
    """The service as a process, from when it is ready to its end."""
    environment = {f"GPU_KEDRO_{name.upper()}": str(value) for name, value in settings.items()}
    environment |= {"GPU_KEDRO_BUNDLES": str(store), "GPU_KEDRO_LOG_LEVEL": "WARNING"}
    arguments = ["-c", "from gpu_kedro.command_line import main; main()", "serve", "--port"]
    with run_server("service", lambda port: [sys.executable, *arguments, str(port)], environment, logs) as server:
        server.wait_until_ready("/health/ready", 120)
        yield server
