"""A whole run arrives at a current MLflow server and at an old one as DagsHub runs it, and is read back from there."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from click.testing import CliRunner
from mlflow.artifacts import download_artifacts
from mlflow.tracking import MlflowClient
from records import artifacts_at, artifacts_of, runs_at, whole_run_at
from servers import PASSWORD, TrackingServer
from workspace import Workspace

from gpu_kedro.command_line import main
from gpu_kedro.modelling.bundle.files import read_bundle
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.tracking.server.sync import SOURCE_TAG

pytestmark = pytest.mark.servers

QUERIES = [{"name": "GeForce RTX 3070"}, {"name": "RX 6600", "tdp_w": 132.0}, {"name": "no such card"}]


@pytest.fixture
def home(trained: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The whole run on the sample, as the commands find it."""
    for name, value in trained.environment().items():
        monkeypatch.setenv(name, value)
    return trained


def sync(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["tracking", "sync", "--env", "test", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_whole_run_arrives_and_is_read_back(home: Workspace, server: TrackingServer, logged_in, tmp_path: Path):
    logged_in(server)
    source = MlflowClient(home.tracking_uri)
    run = whole_run_at(source)
    if "progress" not in run.data.metrics:
        for step in range(5):
            source.log_metric(run.info.run_id, "progress", step / 4, timestamp=1000 + step, step=step)
        run = whole_run_at(source)
    assert " sent" in sync()
    client = MlflowClient(server.uri)
    copy = whole_run_at(client)

    assert copy.info.status == "FINISHED"
    assert (copy.info.start_time, copy.info.end_time) == (run.info.start_time, run.info.end_time)
    assert copy.data.params == run.data.params
    assert len(copy.data.params) > 50
    assert copy.data.metrics == run.data.metrics
    assert 50 < len(copy.data.metrics) < 70
    history = [(point.step, point.value) for point in client.get_metric_history(copy.info.run_id, "progress")]
    assert sorted(history) == [(0, 0.0), (1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)]
    for tag in ("pipeline", "git_commit", "git_dirty", "lock_sha256", "data_sha256", "bundle_version", "kedro_command"):
        assert copy.data.tags[tag] == run.data.tags[tag], tag

    artifacts = artifacts_at(client, copy)
    assert artifacts == artifacts_of(run)
    assert {"figures/g3d_mark_predicted.json", "08_reporting/model_card.md", "08_reporting/data_card.md"} <= set(
        artifacts
    )
    assert {"environment.json", "02_intermediate/ledger.parquet", "promotion/gate.txt", "model/MLmodel"} <= set(
        artifacts
    )

    archive = download_artifacts(
        f"{copy.info.artifact_uri}/model/artifacts/bundle.zip", tracking_uri=server.uri, dst_path=tmp_path
    )
    zipfile.ZipFile(archive).extractall(tmp_path / "bundle")
    _, facts = read_bundle(tmp_path / "bundle")
    assert facts["version"] == run.data.tags["bundle_version"]

    assert " sent" not in sync()
    sources = sorted(one.info.run_id for one in runs_at(source))
    # other tests send runs of their own to the same server
    assert sorted(tag for one in runs_at(client) if (tag := one.data.tags[SOURCE_TAG]) in sources) == sources
    # MLflow's client asks once what the server can do, and takes "no such endpoint" for an answer
    assert set(server.refused) <= {"GET /api/3.0/mlflow/server-info"}


def test_the_model_predicts_the_same_numbers_as_the_bundle(home: Workspace, server: TrackingServer, logged_in):
    logged_in(server)
    sync()
    copy = whole_run_at(MlflowClient(server.uri))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        before = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(server.uri)
        try:
            model = mlflow.pyfunc.load_model(f"runs:/{copy.info.run_id}/model")
        finally:
            mlflow.set_tracking_uri(before)
    assert model.metadata.signature.inputs.input_names()[:1] == ["name"]
    expected = pd.DataFrame(Runtime.load(home.bundles).predict_columns(QUERIES))
    pd.testing.assert_frame_equal(model.predict(pd.DataFrame(QUERIES)), expected)
    whole = pd.DataFrame({"name": ["RTX 3070", "RX 6600"], "tdp_w": [220, 132]}, index=[7, 9])
    answered = model.predict(whole)
    assert (answered.index.tolist(), answered["tdp_w_value"].tolist()) == ([7, 9], [220.0, 132.0])
    with pytest.raises(ValueError, match=r"column tdp_w: .*give numbers"):
        model.predict(whole.assign(tdp_w=["much", "132"]))


def test_the_model_answers_in_a_fresh_environment(
    home: Workspace, dagshub_like_server: TrackingServer, logged_in, tmp_path: Path
):
    server = logged_in(dagshub_like_server)
    sync()
    copy = whole_run_at(MlflowClient(server.uri))
    requirements = download_artifacts(
        f"{copy.info.artifact_uri}/model/requirements.txt", tracking_uri=server.uri, dst_path=tmp_path
    )
    uv, python = str(Path(sys.executable).with_name("uv")), str(tmp_path / "venv" / "bin" / "python")
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")],
        [uv, "pip", "install", "--quiet", "--python", python, "-r", requirements],
    ):
        subprocess.run(command, check=True, timeout=600)
    script = f"""
import json, sys
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model("runs:/{copy.info.run_id}/model")
answers = model.predict(pd.DataFrame({QUERIES!r}))
known = answers["tdp_w_predicted"].dropna()
print(json.dumps([known.tolist(), sys.modules["gpu_kedro"].__file__]))
"""
    done = subprocess.run(
        [python, "-I", "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **server.environment()},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers, module = json.loads(done.stdout.splitlines()[-1])
    assert "/code/gpu_kedro/" in module
    columns = Runtime.load(home.bundles).predict_columns(QUERIES)
    assert answers == [watts for watts in columns["tdp_w_predicted"] if watts is not None]


def test_the_dagshub_environment_sends_the_run_at_its_end(
    workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, capsys: pytest.CaptureFixture[str]
):
    server = logged_in(dagshub_like_server)
    workspace.run("data_processing", env="dagshub")
    (copy,) = runs_at(MlflowClient(server.uri), "gpu_kedro")
    assert copy.info.status == "FINISHED"
    assert copy.data.tags["pipeline"] == "data_processing"
    assert f"recorded: {server.uri}" in capsys.readouterr().err


def test_wrong_credentials_are_refused_by_both_servers(home: Workspace, server: TrackingServer, point_at):
    point_at(server.uri, "ada", "not-the-password")
    done = CliRunner().invoke(main, ["tracking", "sync", "--env", "test"])
    assert done.exit_code == 1
    (line,) = done.output.strip().splitlines()
    assert line.startswith(f"Error: {server.uri} refuses the credentials (HTTP 401)")
    assert "not-the-password" not in line
    assert PASSWORD not in line


def test_a_promotion_is_mirrored_where_there_is_a_registry(
    home: Workspace, server: TrackingServer, logged_in, monkeypatch: pytest.MonkeyPatch
):
    from gpu_kedro.configuration import open_configuration
    from gpu_kedro.tracking.server.registry import mirror_promotion

    logged_in(server)
    sync()
    monkeypatch.setenv("GPU_KEDRO_REGISTRY_MODEL", "gpu_kedro")
    version = json.loads((home.bundles / "current.json").read_text())["version"]
    for _ in range(2):
        said = mirror_promotion(open_configuration("test"), version)
    if not server.has_registry:
        assert said == f"registry: {server.uri} has none, nothing is mirrored"
        return
    assert said == f"registry: gpu_kedro version 1 is champion at {server.uri}"
    registered = MlflowClient(server.uri).get_model_version_by_alias("gpu_kedro", "champion")
    assert registered.tags["bundle_version"] == version
