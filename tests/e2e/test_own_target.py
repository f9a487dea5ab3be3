"""Somebody adds a target by doing what docs/how-to/add-a-target.md says, and nothing else."""

import json
from typing import Any

import pytest
from fresh_copy import FreshCopy, read_blocks
from workspace import PROJECT, Workspace

PAGE = (PROJECT / "docs" / "how-to" / "add-a-target.md").read_text()
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
print("ASKED" + json.dumps(asked))
"""


@pytest.fixture(scope="module")
def extended(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The project with one more target, trained by the commands of the page; and what they printed."""
    copy = FreshCopy(Workspace(tmp_path_factory.mktemp("extended")), trained)
    copy.insert("src/gpu_kedro/modelling/targets.py", '    "segment": Target(', read_blocks(PAGE, "python")[0])
    copy.insert("conf/base/parameters_regression.yml", "  g3d_mark:\n", read_blocks(PAGE, "yaml")[0])
    (copy.project / "gpus.csv").write_text("name\nGeForce RTX 3070\n")
    finished = copy.run(_commands(), then=ASK)
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]
    return copy.workspace, finished.stdout


def _commands() -> list[str]:
    return [line for block in read_blocks(PAGE, "console")[:2] for line in block.splitlines()]


@pytest.fixture(scope="module")
def asked(extended: tuple[Workspace, str]) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(extended[1].rpartition("ASKED")[2])
    return answers


def test_the_page_trains_and_asks(extended: tuple[Workspace, str]):
    assert [line.split()[0] for line in _commands()] == ["kedro"] * 3 + ["gpu-kedro"] * 2


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
    from gpu_kedro.domain.features import FEATURE_NAMES

    (bundle,) = (
        folder
        for folder in (extended[0].data / "06_models" / "bundles").iterdir()
        if (folder / "targets" / "g2d_mark").is_dir()
    )
    for level in ("partly", "everything"):
        head = json.loads((bundle / "targets" / "g2d_mark" / level / "calibration.json").read_text())
        assert FEATURE_NAMES.index("log_g2d_mark") not in head["columns"]
        assert FEATURE_NAMES.index("log_g3d_mark") in head["columns"]


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
