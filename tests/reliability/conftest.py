"""The bundle that `kedro run` trained where there is one, a service on it, and a long load beside the other tests."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from promises import Measured
from services import StartService, copy_store, serve
from workspace import PROJECT

from bench.processes import Server
from gpu_kedro.modelling.bundle.files import BundleError, read_bundle, read_pointer
from gpu_kedro.resolvers import bundle_store

#: Read before the tests take the developer's settings away.
TRAINED = bundle_store()
SOAK_SECONDS = 600
#: Modules that have the machine to themselves come first, the end of the long load last.
_ORDER = {"test_load": 0, "test_load_budgets": 0, "test_soak": 2}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _ORDER.get(item.path.stem, 1))


@pytest.fixture(autouse=True)
def _long_load_beside(request: pytest.FixtureRequest) -> None:
    """Start the long load once the tests that need quiet are over, if its own test is among those that run."""
    is_wanted = any(item.path.stem == "test_soak" for item in request.session.items)
    if is_wanted and request.node.get_closest_marker("reliability") and _ORDER.get(request.path.stem) != 0:
        request.getfixturevalue("soak")


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
def store(bundle: Path, tmp_path: Path, measured: Measured) -> Path:
    """A store with a copy of the bundle, which a test may change; the table says which it is."""
    kind = "trained by `kedro run`" if bundle.parent == TRAINED else "of a run on the sample (`--env test`)"
    measured.note("bundle", f"{bundle.name}, {kind}")
    return copy_store(bundle, tmp_path / "bundles")


@pytest.fixture
def start_service(tmp_path: Path) -> Iterator[StartService]:
    """Starts the service on a store with settings, e.g. `start_service(store, api_key="x")`; ended after the test."""
    with ExitStack() as stack:

        def start(store: Path, **settings: object) -> Server:
            return stack.enter_context(serve(store, tmp_path, **settings))

        yield start


@pytest.fixture(scope="session")
def soak(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], dict[str, Any]]]:
    """A service under a long moderate load, beside other tests; gives a function that waits for what it found."""
    folder = tmp_path_factory.mktemp("soak")
    told = folder / "soak.json"
    with serve(copy_store(bundle, folder / "bundles"), folder) as service:
        script, numbers = (
            PROJECT / "tests" / "support" / "soaking.py",
            (service.port, service.process.pid, SOAK_SECONDS),
        )
        command = [sys.executable, str(script), *map(str, numbers), str(told)]
        process = subprocess.Popen(command, cwd=PROJECT, env={"PYTHONPATH": str(PROJECT)})

        def wait() -> dict[str, Any]:
            assert process.wait(SOAK_SECONDS + 300) == 0
            found: dict[str, Any] = json.loads(told.read_text())
            return found

        try:
            yield wait
        finally:
            process.kill()
            process.wait()
