"""`kedro run --pipeline monitoring` on logs that the real service wrote."""

import json
import random
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from mlflow.tracking import MlflowClient
from records import figures_of, recorded
from servers import count_requests, run_http
from workspace import Workspace

from api.main import create_app
from api.settings import Settings
from gpu_kedro.hooks.drift_alarm import DriftError


@pytest.fixture
def home(trained: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the training run's results, with a tracking store of its own."""
    shutil.copytree(trained.data, tmp_path / "data")
    return Workspace(tmp_path)


@pytest.fixture
def serve(home: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Asks the real service, which logs; monitoring finds the log."""
    folder = home.folder / "log"
    monkeypatch.setenv("GPU_KEDRO_PREDICTION_LOG", str(folder))

    def ask(names: list[str]) -> None:
        bundles = home.bundles
        with TestClient(create_app(Settings(bundles=bundles, prediction_log=folder, log_level="WARNING"))) as client:
            for name in names[:20]:
                assert client.post("/v1/predict", json={"name": name}).status_code == 200
            assert client.post("/v1/predict/batch", json={"name": names[20:]}).status_code == 200

    return ask


@pytest.fixture
def training_names(home: Workspace) -> list[str]:
    bundles = home.bundles
    version = json.loads((bundles / "current.json").read_text())["version"]
    return json.loads((bundles / version / "known_gpus.json").read_text())["name"]


def test_queries_like_the_training_data_raise_no_alarm(home: Workspace, serve, training_names: list[str]):
    serve(random.Random(7).sample(training_names, 350))
    home.run("monitoring")
    drift = json.loads((home.data / "08_reporting" / "drift.json").read_text())
    assert drift["alarms"] == []
    assert drift["rows"] == 350
    assert {"log_boost_clock_mhz", "is_mobile", "release_year"} <= set(drift["inputs"])
    assert {"g3d_mark_predicted", "price_usd_predicted", "tdp_w_predicted", "p_mobile"} <= set(drift["outputs"])
    page = (home.data / "08_reporting" / "drift.html").read_text()
    assert "Nothing is above its threshold." in page
    assert "plotly" in page
    (run,) = recorded(home)
    assert run.data.tags["pipeline"] == "monitoring"
    assert figures_of(run)["drift/outputs/tdp_w_predicted/psi"] == pytest.approx(
        drift["outputs"]["tdp_w_predicted"]["psi"]
    )
    assert run.data.metrics["drift/unmatched_share"] == drift["unmatched_share"]
    files = [item.path for item in MlflowClient(home.tracking_uri).list_artifacts(run.info.run_id, "08_reporting")]
    assert files == ["08_reporting/drift.html"]


def test_other_queries_end_the_run_with_what_moved(home: Workspace, serve, kedro, capfd: pytest.CaptureFixture[str]):
    chance = random.Random(7)
    new = [f"GeForce RTX 50{chance.choice([60, 70, 80, 90])}{chance.choice(['', ' Ti'])}" for _ in range(200)]
    serve([*new, *(f"Unheard-of {number}" for number in range(100))])
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        kedro(home, "--pipeline", "monitoring")
    said = "".join(capfd.readouterr())
    assert ended.value.code == 4, said
    assert "Traceback" not in said
    (line,) = [line for line in said.splitlines() if line.startswith("Error: ")]
    assert line.startswith("Error: drift: unmatched_share 0.333 > 0.15; out_of_range_share 0.667 > 0.1; ")
    assert "drift.html" in line
    assert "kedro run" in line
    (run,) = recorded(home)
    assert run.info.status == "FINISHED"
    assert figures_of(run)["drift/outputs/g3d_mark_predicted/ks"] > 0.25


def test_too_few_predictions_are_no_verdict(home: Workspace, serve, training_names: list[str]):
    serve(training_names[:30])
    with pytest.raises(Exception, match="holds 30 predictions, 200 are needed"):
        home.run("monitoring")


def test_without_a_log_it_says_how_to_get_one(home: Workspace):
    with pytest.raises(
        Exception, match="no predictions are logged here; start the service with GPU_KEDRO_PREDICTION_LOG"
    ):
        home.run("monitoring")


def test_thresholds_are_settings(home: Workspace, serve, training_names: list[str]):
    serve(training_names[:300])
    with pytest.raises(DriftError, match="psi"):
        home.run("monitoring", params={"monitoring": {"max_psi": 0.0001}})


def test_a_tracking_server_that_fails_does_not_hide_the_drift(
    home: Workspace, serve, training_names: list[str], monkeypatch: pytest.MonkeyPatch
):
    serve(training_names[:300])
    with run_http(count_requests([], status=500)) as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        with pytest.raises(DriftError, match=r"drift: .*also, the run is complete.*was not \(wholly\) sent"):
            home.run("monitoring", params={"monitoring": {"max_psi": 0.0001}})
