"""Runs are sent exactly once and whole, also when the sending is killed in between."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from click.testing import CliRunner
from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient
from promises import Measured, promise
from records import artifacts_at, artifacts_of, runs_at
from servers import TrackingServer
from workspace import PROJECT, Workspace

from gpu_kedro.command_line import main
from gpu_kedro.tracking.errors import NotSentError
from gpu_kedro.tracking.naming import PROCESS_TAG
from gpu_kedro.tracking.server.sync import SENT_TAG, SOURCE_TAG

pytestmark = pytest.mark.servers


def make_runs(workspace: Workspace, count: int, experiment: str) -> list[str]:
    """Record small runs with parameters, metrics with a history and files."""
    store = workspace.folder / "mlruns"
    client = MlflowClient(workspace.tracking_uri)
    identity = client.create_experiment(experiment, artifact_location=(store / "artifacts").as_uri())
    made = []
    for number in range(count):
        run = client.create_run(identity, run_name=f"run {number}", tags={"number": str(number)})
        made.append(run.info.run_id)
        metrics = [
            Metric(f"m{place}", place + step / 10, 1000 + step, step) for place in range(30) for step in range(3)
        ]
        client.log_batch(
            run.info.run_id, metrics=metrics, params=[Param(f"p{place}", str(number)) for place in range(9)]
        )
        for name, text in (("notes.txt", f"run {number}"), ("deep/er/table.csv", "a,b\n1,2\n" * (number + 1))):
            client.log_text(run.info.run_id, text, name)
        client.set_terminated(run.info.run_id)
    return made


@pytest.fixture
def sync(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Sends the runs of the workspace to the server that is pointed at."""
    for name, value in workspace.environment().items():
        monkeypatch.setenv(name, value)

    def send(experiment: str) -> str:
        done = CliRunner().invoke(main, ["tracking", "sync", "--experiment", experiment])
        assert done.exit_code == 0, done.output
        return done.output

    return send


def start_sync(workspace: Workspace, server: TrackingServer, experiment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-c", "from gpu_kedro.command_line import main; main()"),
            *("tracking", "sync", "--experiment", experiment),
        ],
        cwd=PROJECT,
        env={**os.environ, **workspace.environment(), **server.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def assert_all_there_once(workspace: Workspace, server: TrackingServer, runs: list[str], experiment: str) -> None:
    source, client = MlflowClient(workspace.tracking_uri), MlflowClient(server.uri)
    copies = runs_at(client, experiment)
    assert Counter(copy.data.tags[SOURCE_TAG] for copy in copies) == Counter(runs)
    for copy in copies:
        run = source.get_run(copy.data.tags[SOURCE_TAG])
        assert copy.data.tags[SENT_TAG] == "complete"
        assert copy.info.status == "FINISHED"
        assert copy.data.params == run.data.params
        assert copy.data.metrics == run.data.metrics
        points = [(point.step, point.value) for point in client.get_metric_history(copy.info.run_id, "m7")]
        assert sorted(points) == [(0, 7.0), (1, 7.1), (2, 7.2)]
        assert artifacts_at(client, copy) == artifacts_of(run)
        assert len(artifacts_of(run)) == 2


def test_twenty_runs_sent_twice_are_there_once(
    workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, sync
):
    server = logged_in(dagshub_like_server)
    runs = make_runs(workspace, 20, "twenty")
    for expected in (": 20 sent", ": 20 there already"):
        assert expected in sync("twenty")
    assert_all_there_once(workspace, server, runs, "twenty")


@promise("tracking.sync", "A sending that is killed 4 times: runs not there exactly once in the end", at_most=0)
def test_a_sync_that_is_killed_anywhere_goes_on_from_there(
    workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, sync, measured: Measured
):
    server = logged_in(dagshub_like_server)
    runs = make_runs(workspace, 4, "killed")
    # after the run was created; in the middle of its parts; before it was marked as complete; in the next runs
    for requests in (5, 7, 9, 13):
        server.seen.clear()
        process = start_sync(workspace, server, "killed")
        end = time.monotonic() + 120
        while len(server.seen) < requests and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=60) == -signal.SIGKILL
    sync("killed")
    there = Counter(copy.data.tags[SOURCE_TAG] for copy in runs_at(MlflowClient(server.uri), "killed"))
    measured("tracking.sync", sum(abs(there[run] - 1) for run in runs), f"of {len(runs)}")
    assert_all_there_once(workspace, server, runs, "killed")


def test_a_server_that_dies_while_a_run_is_sent_gets_the_rest_later(
    workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, sync
):
    server = logged_in(dagshub_like_server)
    server.dies_after = 9
    with pytest.raises(NotSentError, match=r"safe here.*stopped answering.*tracking sync"):
        workspace.run("data_processing")
    (local,) = runs_at(MlflowClient(workspace.tracking_uri), "gpu_kedro_test")
    assert local.info.status == "FINISHED"
    server.dies_after = float("inf")
    assert ": 1 sent" in sync("gpu_kedro_test")
    copies = [
        copy
        for copy in runs_at(MlflowClient(server.uri), "gpu_kedro_test")
        if copy.data.tags[SOURCE_TAG] == local.info.run_id
    ]
    assert [copy.data.metrics for copy in copies] == [local.data.metrics]


def test_a_run_that_was_created_twice_because_an_answer_was_lost_is_there_once(
    workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, sync
):
    server = logged_in(dagshub_like_server)
    runs = make_runs(workspace, 2, "twice")
    server.loses.append("/runs/create")
    assert ": 2 sent" in sync("twice")
    assert server.loses == []
    assert sum(request.endswith("/runs/create") for request in server.seen) == 3
    assert_all_there_once(workspace, server, runs, "twice")


def test_children_stay_with_their_parent(workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, sync):
    server = logged_in(dagshub_like_server)
    (parent,) = make_runs(workspace, 1, "tuning")
    client = MlflowClient(workspace.tracking_uri)
    experiment = client.get_run(parent).info.experiment_id
    for trial in range(3):
        child = client.create_run(experiment, tags={"mlflow.parentRunId": parent}).info.run_id
        client.log_param(child, "alpha", trial)
        client.log_metric(child, "rmsle", trial / 10)
        client.set_terminated(child)
    assert ": 4 sent" in sync("tuning")
    copies = runs_at(MlflowClient(server.uri), "tuning")
    (sent_parent,) = [copy for copy in copies if copy.data.tags[SOURCE_TAG] == parent]
    children = [copy for copy in copies if copy.data.tags.get("mlflow.parentRunId") == sent_parent.info.run_id]
    assert sorted((copy.data.params["alpha"], copy.data.metrics["rmsle"]) for copy in children) == [
        ("0", 0.0),
        ("1", 0.1),
        ("2", 0.2),
    ]


def test_a_run_that_goes_on_is_left_alone_and_one_that_was_killed_is_sent_as_killed(
    workspace: Workspace, dagshub_like_server: TrackingServer, logged_in, sync
):
    server = logged_in(dagshub_like_server)
    make_runs(workspace, 1, "open")
    client = MlflowClient(workspace.tracking_uri)
    experiment = client.get_experiment_by_name("open").experiment_id
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    host = os.uname().nodename
    client.create_run(experiment, run_name="goes on", tags={PROCESS_TAG: f"{host}:{os.getpid()}"})
    client.create_run(experiment, run_name="killed", tags={PROCESS_TAG: f"{host}:{int(ended.stdout)}"})
    assert ": 2 sent, 1 still running" in sync("open")
    statuses = {copy.info.run_name: copy.info.status for copy in runs_at(MlflowClient(server.uri), "open")}
    assert statuses == {"run 0": "FINISHED", "killed": "KILLED"}
