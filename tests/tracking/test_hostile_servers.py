"""A tracking server that means harm: one that answers without end, and one that sends files elsewhere."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient
from promises import Measured, promise
from servers import Handler, TrackingServer, run_http
from workspace import PROJECT, Workspace

from gpu_kedro.tracking.errors import NotSentError, TrackingError
from gpu_kedro.tracking.options import TrackingOptions
from gpu_kedro.tracking.server.sync import Sender

OPTIONS = {"is_required": False, "probe_seconds": 5, "send_seconds": 18, "registry_model": ""}
#: What a run asks of a server, and by how much that raises the highest memory of the process, in MB.
ASK = """
import re, sys
from pathlib import Path
from mlflow.tracking import MlflowClient
from gpu_kedro.tracking.server.probe import bound_requests, has_registry, probe_server
def highest():
    return int(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
bound_requests(5)
client = MlflowClient(sys.argv[1])
before = highest()
print(probe_server(sys.argv[1], 5).state, has_registry(sys.argv[1], 5), end=" ")
try:
    client.get_experiment_by_name("gpus")
except Exception as err:
    print("refused", end=" ")
print(highest() - before)
"""


class Endless(BaseHTTPRequestHandler):
    """Begins each answer well, and goes on until its client is gone."""

    part = b" " * 1_000_000
    pause_seconds = 0.0

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"experiments": [')
        while True:
            self.wfile.write(self.part)
            threading.Event().wait(self.pause_seconds)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Trickling(Endless):
    """The same, byte by byte."""

    part = b" "
    pause_seconds = 0.2


@promise("tracking.endless_memory", "A server whose answers never end: memory that it costs", at_most=50, unit="MB")
def test_an_answer_without_end_is_not_read(measured: Measured):
    with run_http(Endless) as address:
        done = subprocess.run(
            [sys.executable, "-c", ASK, address], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120
        )
    *said, grown = done.stdout.split()
    assert said == ["unreachable", "False", "refused"]
    measured("tracking.endless_memory", float(grown), "asked three times")


@promise("tracking.endless_seconds", "A server whose answers never end, or trickle, costs a run", at_most=30, unit="s")
@pytest.mark.parametrize("kind", [Endless, Trickling])
def test_an_answer_without_end_does_not_hold_up_a_run(
    workspace: Workspace, point_at, measured: Measured, kind: type[Endless]
):
    started = time.monotonic()
    workspace.run("data_processing")
    undisturbed = time.monotonic() - started
    with run_http(kind) as address:
        point_at(address)
        started = time.monotonic()
        workspace.run("data_processing")
    measured("tracking.endless_seconds", max(0.0, time.monotonic() - started - undisturbed), kind.__name__.lower())


@promise("tracking.elsewhere", "A server that has files put elsewhere: files that are sent there", at_most=0)
@pytest.mark.parametrize("place", ["folder", "host", "store", "nothing"])
def test_files_go_to_the_server_itself_only(
    tmp_path: Path, current_server: TrackingServer, logged_in, measured: Measured, place: str
):
    server, taken = logged_in(current_server), tmp_path / "taken"
    source, run = record_run(tmp_path, place)
    seen: list[str] = []
    with run_http(take_files(seen)) as elsewhere:
        host = elsewhere.removeprefix("http://")
        places = {"folder": taken.as_uri(), "host": f"mlflow-artifacts://{host}/x", "store": "s3://bucket/x"}
        target = MlflowClient(server.uri)
        target.create_experiment(place, artifact_location=places.get(place))
        sender = Sender(source, target, TrackingOptions(**OPTIONS, remote=server.uri, artifact_stores=()))
        if place == "nothing":
            assert sender.send(run) == "sent"
        else:
            with pytest.raises(TrackingError, match="artifact_stores"):
                sender.send(run)
    found = [*seen, *(path for path in taken.rglob("*") if path.is_file())]
    measured("tracking.elsewhere", len(found), "a folder of this machine, another host, an object store")


def test_a_store_that_is_allowed_is_used(tmp_path: Path, current_server: TrackingServer, logged_in):
    server, shared = logged_in(current_server), tmp_path / "shared"
    source, run = record_run(tmp_path, "shared")
    target = MlflowClient(server.uri)
    target.create_experiment("shared", artifact_location=shared.as_uri())
    options = TrackingOptions(**OPTIONS, remote=server.uri, artifact_stores=(shared.as_uri(),))
    assert Sender(source, target, options).send(run) == "sent"
    assert [path.name for path in shared.rglob("*") if path.is_file()] == ["card.txt"]


@pytest.mark.parametrize(
    ("place", "is_taken"),
    [
        ("mlflow-artifacts:/1/abc", True),
        ("mlflow-artifacts://gpus.example/1/abc", True),
        ("https://gpus.example/api/2.0/mlflow-artifacts/artifacts/1", True),
        ("http://gpus.example/1", False),
        ("https://gpus.example:8443/1", False),
        ("mlflow-artifacts://gpus.example.evil/1", False),
        ("/srv/mlruns/1", False),
        ("", False),
        ("s3://ours/1", True),
        ("s3://theirs/1", False),
    ],
)
def test_what_counts_as_the_server_itself(place: str, is_taken: bool):
    options = TrackingOptions(**OPTIONS, remote="https://ada:pw@gpus.example/ada", artifact_stores=("s3://ours/",))
    if is_taken:
        options.check_place(place)
    else:
        with pytest.raises(TrackingError):
            options.check_place(place)


def test_a_server_that_redirects_gets_its_redirect_back(workspace: Workspace, point_at):
    seen: list[str] = []
    with run_http(take_files(seen)) as elsewhere, run_http(redirect_to(elsewhere)) as address:
        point_at(address)
        with pytest.raises(NotSentError):
            workspace.run("data_processing")
    assert seen == []


def record_run(folder: Path, experiment: str):
    """A store with one finished run that has a file."""
    source = MlflowClient(f"sqlite:///{folder / 'source.db'}")
    made = source.create_experiment(experiment, artifact_location=(folder / "own").as_uri())
    run = source.create_run(made)
    source.log_text(run.info.run_id, "RTX 3070", "card.txt")
    source.set_terminated(run.info.run_id)
    return source, source.get_run(run.info.run_id)


def take_files(seen: list[str]) -> type[Handler]:
    class Taker(Handler):
        def answer(self, _body: bytes) -> tuple[int, bytes, dict[str, str]]:
            seen.append(f"{self.command} {self.path}")
            return 200, json.dumps({}).encode(), {}

    return Taker


def redirect_to(address: str) -> type[Handler]:
    class Redirector(Handler):
        def answer(self, _body: bytes) -> tuple[int, bytes, dict[str, str]]:
            return 307, b"", {"Location": f"{address}{self.path}"}

    return Redirector
