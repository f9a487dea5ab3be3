"""Somebody changes code and settings by doing what the pages say, and nothing else."""

import json
import re
from typing import Any

import pandas as pd
import pytest
import yaml
from fresh_copy import FreshCopy, is_run_here, read_blocks, read_commands
from records import recorded
from workspace import PROJECT, Workspace

from gpu_kedro.modelling.bundle.files import read_pointer

HOW_TO = PROJECT / "docs" / "how-to"
FEATURE, TARGET, MODEL, REMOVAL = (
    (HOW_TO / f"{page}.md").read_text() for page in ("add-a-feature", "add-a-target", "swap-a-model", "remove-a-target")
)
(ENTRY,), (BLOCK,) = read_blocks(TARGET, "python"), read_blocks(TARGET, "yaml")
TARGETS_FILE, BLOCKS_FILE = "src/gpu_kedro/modelling/targets.py", "conf/base/parameters_regression.yml"
ASK = """
import os
from fastapi.testclient import TestClient
from api.main import create_app
from api.settings import Settings
bundles = os.path.join(os.environ["GPU_KEDRO_DATA_DIR"], "06_models", "bundles")
with TestClient(create_app(Settings(bundles=bundles))) as client:
    asked = {"one": client.post("/v1/predict", json={"name": "GeForce RTX 3070"}).json()}
    asked["batch"] = client.post("/v1/predict/batch", json={"name": ["RX 6600"]}).json()
    csv = {"content": "name\\nRX 6600\\n", "headers": {"Content-Type": "text/csv"}}
    asked["file"] = client.post("/v1/predict/file", **csv).text
    asked["described"] = sorted(client.get("/openapi.json").json()["components"]["schemas"]["Prediction"]["properties"])
sys.argv = ["kedro", "run", "--env", "test", "--pipeline", "regression", "--namespaces", "regression.tdp_w"]
sys.argv += ["--params", "splits.seed=7"]
try:
    kedro()
except Exception as error:
    from gpu_kedro.hooks.faults import explain_fault
    asked["refused"] = explain_fault(error)
print("ASKED" + json.dumps(asked))
"""


@pytest.fixture(scope="module")
def copy(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> FreshCopy:
    made = FreshCopy(Workspace(tmp_path_factory.mktemp("changed")), trained)
    (made.project / "gpus.csv").write_text("name\nGeForce RTX 3070\n")
    return made


@pytest.fixture(scope="module")
def extended(copy: FreshCopy) -> tuple[Workspace, str]:
    """The project with one more feature and target and another model, by all commands of their pages; what they say."""
    feature, its_input = read_blocks(FEATURE, "python")
    of_features, of_inputs = re.findall(r"In `(src/\S+\.py)`", FEATURE)
    copy.insert(of_features, '    _spec("log_sheet_tdp_w"', feature)
    copy.insert(of_inputs, '            "log_effective_fp32_gflops"', its_input)
    copy.insert(TARGETS_FILE, '    "segment": Target(', ENTRY)
    copy.insert(BLOCKS_FILE, "  g3d_mark:\n", BLOCK)
    parameters = copy.project / "conf" / "test" / "parameters.yml"
    settings = yaml.safe_load(parameters.read_text())
    settings["regression"] |= yaml.safe_load(read_blocks(MODEL, "yaml")[0])["regression"]
    parameters.write_text(yaml.safe_dump(settings))
    commands = [line for page in (FEATURE, TARGET, MODEL) for line in read_commands(page) if is_run_here(line)]
    finished = copy.run(commands, then=ASK)
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]
    return copy.workspace, finished.stdout


@pytest.fixture(scope="module")
def asked(extended: tuple[Workspace, str]) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(extended[1].rpartition("ASKED")[2])
    return answers


def test_the_feature_is_learned_from_and_listed(extended: tuple[Workspace, str]):
    assert "log_rops_per_tmu" in (extended[0].data / "08_reporting" / "features.md").read_text()
    assert "log_rops_per_tmu" in _read_manifest(extended[0])["features"]


def test_the_model_is_the_one_of_the_page(extended: tuple[Workspace, str]):
    (run,) = [run for run in recorded(extended[0]) if run.info.run_name == "everything"]
    assert run.data.params["regression.tdp_w.model.members.0.kind"] == "ridge"
    assert run.data.params["regression.tdp_w.model.members.1.trees"] == "60"


def test_folds_of_other_splits_are_refused(asked: dict[str, Any]):
    assert "run `kedro run --pipeline feature_engineering` with the same --params first" in asked["refused"]


def test_the_target_is_trained_evaluated_and_reported(extended: tuple[Workspace, str]):
    reporting = extended[0].data / "08_reporting"
    metrics = json.loads((reporting / "metrics.json").read_text())
    levels = metrics["targets"]["g2d_mark"]["splits"]["grouped"]
    assert set(levels) == {"name", "specs", "partly", "everything"}
    assert levels["everything"]["ours"]["all"]["rmsle"] < levels["everything"]["dummy"]["all"]["rmsle"]
    assert metrics["not_trained"] == []
    assert "g2d_mark" not in metrics["leakage"]
    assert "2D performance (G2D Mark)" in (reporting / "model_card.md").read_text()
    assert 'id="g2d_mark_predicted_figure"' in (reporting / "report.html").read_text()


def test_its_own_value_feeds_none_of_its_models(extended: tuple[Workspace, str]):
    manifest = _read_manifest(extended[0])
    bundle = extended[0].bundles / manifest["version"]
    for level in ("partly", "everything"):
        head = json.loads((bundle / "targets" / "g2d_mark" / level / "calibration.json").read_text())
        assert manifest["features"].index("log_g2d_mark") not in head["columns"]
        assert manifest["features"].index("log_g3d_mark") in head["columns"]


def _read_manifest(workspace: Workspace) -> dict[str, Any]:
    """Of the bundle that is served."""
    store = workspace.bundles
    manifest: dict[str, Any] = json.loads((store / str(read_pointer(store)) / "manifest.json").read_text())
    return manifest


def test_the_command_line_answers_it(extended: tuple[Workspace, str]):
    told, _, _ = extended[1].partition("ASKED")
    answer, _ = json.JSONDecoder().raw_decode(told[told.index('{\n  "name"') :])
    _is_a_figure(answer["g2d_mark"])
    scored = (extended[0].folder / "project" / "scored.csv").read_text()
    assert "g2d_mark_value" in scored.splitlines()[0]


def test_the_service_answers_and_describes_it(asked: dict[str, Any]):
    _is_a_figure(asked["one"]["g2d_mark"])
    assert asked["batch"]["g2d_mark_low_90"][0] < asked["batch"]["g2d_mark_high_90"][0]
    assert "g2d_mark_predicted" in asked["file"].splitlines()[0]
    assert "g2d_mark" in asked["described"]


def _is_a_figure(figure: dict[str, Any]) -> None:
    (low, high), value = figure["interval_90"], figure["predicted"]
    assert 0 < low < value < high
    assert {"value", "predicted", "interval_80", "interval_90", "source"} <= set(figure)


@pytest.fixture(scope="module")
def reduced(copy: FreshCopy, extended: tuple[Workspace, str]) -> tuple[Workspace, str]:
    """The same project without the target, then with a table without prices."""
    for path, text in ((TARGETS_FILE, ENTRY), (BLOCKS_FILE, BLOCK)):
        file = copy.project / path
        file.write_text(file.read_text().replace(text, ""))
    table = pd.read_csv(PROJECT / "tests" / "data" / "gpu_sample.csv", dtype="str")
    table.assign(price="").to_csv(copy.project / "your_table.csv", index=False)
    commands = read_commands(REMOVAL)
    finished = copy.run(commands[:3])
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]
    told = finished.stdout
    for path in (copy.workspace.data / "06_models" / "validation").glob("price_usd*"):
        path.unlink()
    finished = copy.run(commands[3:])
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]
    return copy.workspace, told


def test_a_target_that_was_taken_out_is_gone_from_bundle_and_answer(reduced: tuple[Workspace, str]):
    manifest = _read_manifest(reduced[0])
    assert not (reduced[0].bundles / manifest["version"] / "targets" / "g2d_mark").exists()
    assert "power" in reduced[1]
    assert "2D performance" not in reduced[1]


def test_a_table_without_prices_is_reported_without_them(reduced: tuple[Workspace, str]):
    metrics = json.loads((reduced[0].data / "08_reporting" / "metrics.json").read_text())
    assert metrics["not_trained"] == ["price_usd"]
    assert set(metrics["targets"]) == {"g3d_mark", "tdp_w", "segment"}
