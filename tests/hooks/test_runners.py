"""Every pipeline that trains runs under each of Kedro's runners, and comes to the same."""

from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import pytest
from kedro.runner import ParallelRunner, ThreadRunner
from records import recorded
from workspace import Workspace

from gpu_kedro.modelling.bundle.files import read_manifest
from gpu_kedro.modelling.bundle.registry import list_versions
from gpu_kedro.pipeline_registry import register_pipelines


def test_every_node_can_be_handed_to_another_process():
    for pipeline in register_pipelines().values():
        for node in pipeline.nodes:
            ForkingPickler.dumps(node)


@pytest.mark.parametrize("runner", [ParallelRunner, ThreadRunner])
def test_a_run_with_another_runner_makes_the_same_bundle_and_the_same_record(
    runner: type[ParallelRunner | ThreadRunner], trained: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    home = Workspace(tmp_path)
    home.run(runner=runner(max_workers=2))
    said = capsys.readouterr().err
    assert "[74/74]" in said
    hashes = [
        read_manifest(store / version)["content_sha256"]
        for store in (place.data / "06_models" / "bundles" for place in (trained, home))
        for version in list_versions(store)[:1]
    ]
    assert hashes[0] == hashes[1]
    (run,) = recorded(home)
    assert run.data.params["splits.folds"] == "3"
    assert run.data.tags["runner"] == runner.__name__
    assert {entry.dataset.name for entry in run.inputs.dataset_inputs} == {"gpu_specs", "raw_gpus"}
    assert run.data.metrics["seconds/all"] > 1
