"""Trained bundles to ask: a reduced one of the whole table, which every run of the tests trains, and the real one."""

import pytest
from workspace import PROJECT, Workspace

from gpu_kedro.serving.errors import NoBundleError
from gpu_kedro.serving.runtime import Runtime

FULL = PROJECT / "data" / "06_models" / "bundles"


@pytest.fixture(scope="session")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The small members of the `test` environment, trained on every GPU of the real table (about 30 s)."""
    done = Workspace(tmp_path_factory.mktemp("reduced"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPU_KEDRO_RAW_DATA", str(PROJECT / "data" / "01_raw" / "gpu_benchmarks.csv"))
        done.run(params={"splits": {"folds": 2}, "embedding": {"dims": 40}}, to_outputs=["bundle"])
    return Runtime.load(done.data / "06_models" / "bundles")


@pytest.fixture(scope="session", params=["reduced", "full"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """First the reduced bundle, then the one that is served here, where there is one."""
    if request.param == "reduced":
        chosen: Runtime = request.getfixturevalue("reduced")
        return chosen
    try:
        return Runtime.load(FULL)
    except NoBundleError:
        pytest.skip("no fully trained bundle here: `make run` trains one, and these tests then ask it too")
