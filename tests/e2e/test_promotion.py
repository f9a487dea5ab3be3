"""What a training run does with the bundle that is served."""

import shutil
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient
from records import recorded, whole_run_at
from workspace import Workspace

from gpu_kedro.modelling.bundle.files import read_pointer
from gpu_kedro.modelling.bundle.registry import list_versions, read_history


def test_the_first_bundle_of_a_clean_checkout_is_served(trained: Workspace):
    store = trained.bundles
    (version,) = list_versions(store)
    assert read_pointer(store) == version
    (move,) = read_history(store)
    assert (move["from"], move["to"], move["why"]) == (None, version, "passed the gate after its run")
    run = whole_run_at(MlflowClient(trained.tracking_uri))
    assert run.data.tags["promotion"] == "promoted"
    assert run.data.tags["bundle_version"] == version


def test_a_run_on_other_folds_makes_a_candidate_and_says_so(
    trained: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shutil.copytree(trained.data, tmp_path / "data")
    workspace = Workspace(tmp_path)
    store = workspace.bundles
    served = read_pointer(store)
    workspace.run(params={"splits": {"seed": 99}}, to_outputs=["bundle"])
    (candidate,) = set(list_versions(store)) - {served}
    assert read_pointer(store) == served
    said = capsys.readouterr().err
    assert f"bundle {candidate}: not promoted, {served} stays: folds: the champion was tested on other data" in said
    assert f"see `gpu-kedro models promote {candidate}`" in said
    (run,) = recorded(workspace)
    assert run.data.tags["promotion"] == "refused"
    assert run.data.tags["bundle_version"] == candidate
