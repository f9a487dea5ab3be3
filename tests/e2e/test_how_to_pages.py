"""Somebody adds a feature and swaps a model by doing what the pages say, and nothing else."""

import re

import pytest
from fresh_copy import FreshCopy, read_blocks
from workspace import PROJECT, Workspace

HOW_TO = PROJECT / "docs" / "how-to"


def read_commands(page: str) -> list[str]:
    lines = [line for block in read_blocks(page, "console") for line in block.splitlines()]
    return [line for line in lines if line.startswith(("kedro ", "gpu-kedro "))]


@pytest.fixture(scope="module")
def copy(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> FreshCopy:
    return FreshCopy(Workspace(tmp_path_factory.mktemp("changed")), trained)


def test_a_feature_is_added_by_its_page(copy: FreshCopy):
    page = (HOW_TO / "add-a-feature.md").read_text()
    feature, its_input = read_blocks(page, "python")
    of_features, of_inputs = re.findall(r"In `(src/\S+\.py)`", page)
    copy.insert(of_features, '    _spec("log_sheet_tdp_w"', feature)
    copy.insert(of_inputs, '            "log_effective_fp32_gflops"', its_input)
    finished = copy.run(read_commands(page))
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]
    features = (copy.workspace.data / "08_reporting" / "features.md").read_text()
    assert "log_rops_per_tmu" in features


def test_a_model_is_swapped_and_chosen_on_other_folds_by_its_page(copy: FreshCopy):
    page = (HOW_TO / "swap-a-model.md").read_text()
    finished = copy.run(read_commands(page))
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]


def test_folds_of_other_splits_are_refused(copy: FreshCopy):
    command = "kedro run --pipeline regression --namespaces regression.tdp_w --params splits.seed=7"
    finished = copy.run([command])
    assert finished.returncode != 0
    told = (finished.stdout + finished.stderr).strip().splitlines()[-1]
    assert "run `kedro run --pipeline feature_engineering` with the same --params first" in told
