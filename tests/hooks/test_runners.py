"""Every pipeline that trains runs under each of Kedro's runners, and comes to the same."""

from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from kedro.runner import ParallelRunner, ThreadRunner
from records import figures_of, recorded
from workspace import Workspace

from gpu_kedro.modelling.bundle.files import read_manifest
from gpu_kedro.pipeline_registry import register_pipelines


def test_every_node_can_be_handed_to_another_process():
    for pipeline in register_pipelines().values():
        for node in pipeline.nodes:
            ForkingPickler.dumps(node)


@pytest.mark.parametrize("runner", [ParallelRunner, ThreadRunner])
def test_a_run_with_another_runner_trains_the_same_and_records_the_same(
    runner: type[ParallelRunner | ThreadRunner], trained: Workspace, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    copytree(trained.data, tmp_path / "data")
    home = Workspace(tmp_path)
    part = home.data / "06_models" / "parts" / "tdp_w"
    before = read_manifest(part)["content_sha256"]
    rmtree(part)
    home.run(namespaces=["regression.tdp_w"], runner=runner(max_workers=2))
    assert read_manifest(part)["content_sha256"] == before
    assert "[9/9] " in capfd.readouterr().err
    (run,) = recorded(home)
    assert run.info.run_name == "everything regression.tdp_w"
    assert run.data.params["regression.tdp_w.model.members.1.kind"] == "extra_trees"
    assert run.data.tags["runner"] == runner.__name__
    assert {entry.dataset.name for entry in run.inputs.dataset_inputs} == {"model_input", "primary_gpus"}
    assert run.data.metrics["seconds/all"] > 1
    assert figures_of(run)["seconds/regression.tdp_w.fit"] > 0.1
