"""Whatever the tracking server does, a run completes or stops at once with one line, and nothing of it is lost."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from promises import Measured, promise
from records import recorded
from servers import PASSWORD, Handler, count_requests, run_black_hole, run_http
from workspace import PROJECT, Workspace

from bench.processes import find_port
from gpu_kedro.command_line import main
from gpu_kedro.tracking.errors import NotSentError, TrackingError

#: Generous: the run itself takes some seconds, an outage at most thirty.
TIMEOUT_SECONDS = 120
#: Of a promise: what an outage may add to a run.
DELAY = {"at_most": 30, "unit": "s"}
NOTHING_LOST = promise(
    "tracking.lost", "Any of these outages: what the run's own record lacks", at_most=0, unit="parts"
)


def find_lost(workspace: Workspace) -> list[str]:
    """What is not recorded here of the one run."""
    (run,) = recorded(workspace)
    kept = {
        "its end": run.info.status == "FINISHED",
        "its pipeline": run.data.tags["pipeline"] == "data_processing",
        "its parameters": run.data.params["cleaning.max_tdp_w"] == "2000.0",
        "its metrics": "seconds/all" in run.data.metrics,
        "its tables": (workspace.data / "03_primary" / "primary_gpus.parquet").is_file(),
    }
    return [what for what, is_kept in kept.items() if not is_kept]


def assert_nothing_ran(workspace: Workspace) -> None:
    assert [path.name for path in workspace.data.rglob("*")] in ([], [".run.lock"])
    assert not (workspace.folder / "mlruns").exists()


@pytest.fixture(scope="module")
def undisturbed_seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long the run takes that these tests disturb, without a server."""
    seconds = []
    for name in ("first", "second"):
        started = time.monotonic()
        Workspace(tmp_path_factory.mktemp(name)).run("data_processing")
        seconds.append(time.monotonic() - started)
    return min(seconds)


@pytest.fixture
def disturbed_run(workspace: Workspace, undisturbed_seconds: float, measured: Measured):
    """Runs with the server that is pointed at; states the delay, and what is lost."""

    def run(name: str, **expected: str) -> None:
        started = time.monotonic()
        with pytest.raises(NotSentError, **expected) if expected else contextlib.nullcontext():
            workspace.run("data_processing")
        measured(name, max(0.0, time.monotonic() - started - undisturbed_seconds))
        lost = find_lost(workspace)
        measured("tracking.lost", len(lost), ", ".join(lost))
        assert not lost

    return run


def kedro(workspace: Workspace, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kedro", *arguments],
        cwd=PROJECT,
        env={**os.environ, **workspace.environment(), **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


@promise("tracking.refused", "A server that refuses connections costs a run", **DELAY)
@NOTHING_LOST
def test_a_server_that_refuses_connections_costs_one_warning(disturbed_run, point_at, capsys):
    point_at(f"http://127.0.0.1:{find_port()}")
    disturbed_run("tracking.refused")
    said = capsys.readouterr().err
    assert said.count("Warning") == 1
    assert "refuses the connection: the run is recorded here only" in said
    assert "gpu-kedro tracking sync" in said


@promise("tracking.black_hole", "A server that never answers costs a run", **DELAY)
@NOTHING_LOST
def test_a_server_that_never_answers_costs_one_warning(disturbed_run, point_at, capsys):
    with run_black_hole() as address:
        point_at(address)
        disturbed_run("tracking.black_hole")
    said = capsys.readouterr().err
    assert said.count("Warning") == 1
    assert "did not answer within 5 s" in said


@promise("tracking.slow", "A server that answers after 8 s, or after 4 s each time, costs a run", **DELAY)
@NOTHING_LOST
def test_a_server_slower_than_the_probe_costs_one_warning(disturbed_run, point_at, capsys):
    seen: list[str] = []
    with run_http(count_requests(seen, delay_seconds=8)) as address:
        point_at(address)
        disturbed_run("tracking.slow")
    assert capsys.readouterr().err.count("Warning") == 1
    assert len(seen) == 1


@promise("tracking.slow", "A server that answers after 8 s, or after 4 s each time, costs a run", **DELAY)
@NOTHING_LOST
def test_a_server_that_is_alive_but_slow_is_given_up_when_the_budget_is_spent(disturbed_run, point_at):
    with run_http(count_requests([], delay_seconds=4)) as address:
        point_at(address)
        disturbed_run("tracking.slow", match=r"safe here.*tracking sync")


def test_the_time_an_outage_may_cost_is_bounded_by_settings():
    settings = yaml.safe_load((PROJECT / "conf/base/tracking.yml").read_text())
    # a probe at the start, and a probe and the sending at the end; each probe waits a second more for its thread
    assert 2 * (settings["probe_seconds"] + 1) + settings["send_seconds"] <= 30


@promise("tracking.credentials", "A server that refuses the credentials ends a run before it begins, after", **DELAY)
@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_stop_the_run_before_it_starts(
    empty_workspace: Workspace, point_at, measured: Measured, status: int
):
    started = time.monotonic()
    with run_http(count_requests([], status)) as address:
        point_at(address)
        with pytest.raises(
            TrackingError, match=f"HTTP {status}.*MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        ):
            empty_workspace.run("data_processing")
    measured("tracking.credentials", time.monotonic() - started)
    assert_nothing_ran(empty_workspace)


def test_wrong_credentials_are_one_line_without_the_password(empty_workspace: Workspace):
    with run_http(count_requests([], 401)) as address:
        done = kedro(
            empty_workspace,
            *("run", "--env", "test", "--pipeline", "data_processing"),
            MLFLOW_TRACKING_URI=address.replace("//", f"//ada:{PASSWORD}@"),
            MLFLOW_TRACKING_USERNAME="ada",
            MLFLOW_TRACKING_PASSWORD=PASSWORD,
        )
    assert done.returncode == 1
    said = done.stdout + done.stderr
    (line,) = [line for line in said.splitlines() if line.strip()]
    assert line.startswith(f"Error: {address} refuses the credentials")
    assert PASSWORD not in said
    assert_nothing_ran(empty_workspace)


@pytest.mark.parametrize(
    ("uri", "complaint"),
    [("", "set MLFLOW_TRACKING_URI"), ("http://127.0.0.1:9/ada/gpus.mlflow", "refuses the connection, and this")],
)
def test_the_dagshub_environment_does_not_fall_back(empty_workspace: Workspace, point_at, uri: str, complaint: str):
    point_at(uri)
    with pytest.raises(TrackingError, match=complaint):
        empty_workspace.run("data_processing", env="dagshub")
    assert_nothing_ran(empty_workspace)


@promise("tracking.killed", "A server that dies during a run costs it", **DELAY)
@NOTHING_LOST
def test_a_server_that_dies_during_the_run_ends_it_with_what_was_not_sent(workspace: Workspace, measured: Measured):
    seen: list[str] = []
    lines: list[str] = []
    done_at = 0.0
    with run_http(_silent_after(seen, 1)) as address:
        process = subprocess.Popen(
            [sys.executable, "-m", "kedro", "run", "--env", "test", "--pipeline", "data_processing"],
            cwd=PROJECT,
            env={
                **os.environ,
                **workspace.environment(),
                "MLFLOW_TRACKING_URI": address,
                "MLFLOW_TRACKING_PASSWORD": PASSWORD,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        watchdog = threading.Timer(TIMEOUT_SECONDS, process.kill)
        watchdog.start()
        for line in process.stdout or ():
            lines.append(line)
            if line.startswith("Done in"):
                done_at = time.monotonic()
        exit_code = process.wait()
        watchdog.cancel()
    said = "".join(lines)
    assert exit_code == 3, said
    assert "Traceback" not in said
    assert "the run is complete, and its models and metrics are safe here, but it was not (wholly) sent" in said
    assert "gpu-kedro tracking sync" in said
    assert done_at, said
    measured("tracking.killed", time.monotonic() - done_at)
    lost = find_lost(workspace)
    measured("tracking.lost", len(lost), ", ".join(lost))
    assert not lost


def _silent_after(seen: list[str], answers: int) -> type[Handler]:
    """A server that turns into a black hole after some answers."""

    class Silent(Handler):
        def answer(self, _body: bytes) -> tuple[int, bytes, dict[str, str]]:
            seen.append(self.path)
            if len(seen) > answers:
                threading.Event().wait(TIMEOUT_SECONDS)
            return 200, b"{}", {}

    return Silent


def test_what_does_not_train_never_asks_the_server(trained: Workspace, tmp_path: Path):
    (tmp_path / "queries.csv").write_text("name\nRTX 3070\n")
    seen: list[str] = []
    script = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from kedro.framework.cli.cli import main as kedro
from kedro_viz.integrations.kedro.data_loader import load_data
from api.main import create_app
from bench.processes import find_port
from gpu_kedro.command_line import main
with TestClient(create_app()) as client:
    assert client.post("/v1/predict", json={"name": "RTX 3070"}).status_code == 200
paths = sys.argv[1:]
for command, arguments in (
    (kedro, ["catalog", "describe-datasets", "--env", "test", "--pipeline", "data_processing"]),
    (kedro, ["run", "--env", "test", "--pipeline", "inference", f"--params=input={paths[0]},output={paths[1]}"]),
    (main, ["predict", "RTX 3070"]),
):
    sys.argv = ["kedro", *arguments]
    try:
        command()
    except SystemExit as end:
        assert not end.code, arguments
load_data(Path.cwd(), env="test")
"""
    with run_http(count_requests(seen)) as address:
        environment = {"MLFLOW_TRACKING_URI": address, "MLFLOW_TRACKING_PASSWORD": PASSWORD}
        scored = tmp_path / "scored.csv"
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "queries.csv"), str(scored)],
            cwd=PROJECT,
            env={**os.environ, **trained.environment(), **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert scored.is_file()
        assert seen == []


def test_variables_come_from_the_env_file_but_the_environment_wins(workspace: Workspace):
    env_file = workspace.folder / "settings.env"
    env_file.write_text(
        f"MLFLOW_TRACKING_URI=http://127.0.0.1:9/from-file\nMLFLOW_TRACKING_PASSWORD={PASSWORD}\nHOME=/elsewhere\n"
    )
    script = (
        "import json, os; from gpu_kedro.resolvers import read_env_file; read_env_file();"
        "print(json.dumps([os.environ[name] for name in ('MLFLOW_TRACKING_URI', 'MLFLOW_TRACKING_PASSWORD', 'HOME')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"GPU_KEDRO_ENV_FILE": str(env_file), "MLFLOW_TRACKING_PASSWORD": "from-environment", "HOME": "/home"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == ["http://127.0.0.1:9/from-file", "from-environment", "/home"]


def test_a_second_run_in_one_process_still_knows_the_server(workspace: Workspace, point_at, capsys):
    point_at(f"http://127.0.0.1:{find_port()}")
    for _ in range(2):
        workspace.run("data_processing")
        assert "refuses the connection: the run is recorded here only" in capsys.readouterr().err
    assert len(recorded(workspace)) == 2


@pytest.mark.parametrize(
    ("uri", "exit_code", "complaint"),
    [
        ("", 1, "no server to send to: set MLFLOW_TRACKING_URI, or give --to"),
        ("ftp://ada@example.org", 1, "'ftp://example.org' is not the address of a server"),
        ("http://ada:secret@127.0.0.1:9/x", 3, "http://127.0.0.1:9/x refuses the connection: nothing was sent"),
    ],
)
def test_a_sync_that_cannot_begin_is_one_line(workspace: Workspace, uri: str, exit_code: int, complaint: str):
    arguments = ["tracking", "sync", "--env", "test", *(["--to", uri] if uri else [])]
    done = CliRunner().invoke(main, arguments, env=workspace.environment())
    assert done.exit_code == exit_code
    (line,) = done.output.splitlines()
    assert line.startswith(f"Error: {complaint}")
    assert "secret" not in line


def test_a_server_that_is_not_of_mlflow_gets_nothing_and_leaves_nothing_here(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    workspace.run("data_processing")
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    with run_http(count_requests([])) as address:
        arguments = ["tracking", "sync", "--experiment", "gpu_kedro_test", "--to", address]
        done = CliRunner().invoke(main, arguments, env=workspace.environment())
    assert done.exit_code == 3
    assert "no place for the files of a run" in done.output
    assert "0 of 1 runs" in done.output
    assert not list(here.iterdir())


def test_a_sync_of_nothing_says_so(empty_workspace: Workspace):
    with run_http(count_requests([])) as address:
        done = CliRunner().invoke(main, ["tracking", "sync", "--to", address], env=empty_workspace.environment())
    assert done.exit_code == 1
    assert "no run is recorded yet" in done.output
    assert not (empty_workspace.folder / "mlruns").exists()
