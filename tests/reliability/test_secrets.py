"""Secrets stay where they are, and nothing that is loaded or committed can run code."""

import io
import json
import os
import re
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from picklescan.scanner import scan_bytes, scan_directory_path
from promises import Measured, promise
from services import StartService
from workspace import PROJECT, Workspace

TOOLS = Path(sys.executable).parent
#: Not secrets; no text of a run holds them by chance.
CANARIES = {
    "GPU_KEDRO_API_KEY": "canary-a1-7Xq2vT9kLmZ4",
    "MLFLOW_TRACKING_PASSWORD": "canary-b2-8Yr3wU0lMnA5",
    "MLFLOW_TRACKING_TOKEN": "canary-c3-9Zs4xV1mNoB6",
    "DAGSHUB_USER_TOKEN": "canary-d4-0At5yW2nOpC7",
    "AWS_SECRET_ACCESS_KEY": "canary-e5-1Bu6zX3oPqD8",
    "DOCKERHUB_TOKEN": "canary-f6-2Cv7aY4pQrE9",
    "SOME_PASSWORD_OF_THE_SHELL": "canary-g7-3Dw8bZ5qRsF0",
}
_MARK = b"canary-"


def find_marks(folder: Path) -> list[str]:
    """Files of a folder that hold a planted secret, whatever they are: texts, databases, arrays."""
    return [
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and _MARK in path.read_bytes()
    ]


@pytest.mark.reliability
@promise(
    "security.canaries", "places where a planted secret turns up: logs, answers, runs, bundles, reports", at_most=0
)
def test_planted_secrets_turn_up_nowhere(workspace: Workspace, start_service: StartService, measured: Measured):
    environment = os.environ | workspace.environment() | CANARIES
    command = [sys.executable, "-m", "kedro", "run", "--env", "test"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:].decode()
    (workspace.folder / "training.log").write_bytes(done.stdout + done.stderr)
    failing = subprocess.run(
        [*command, "--pipeline", "data_processing"],
        cwd=PROJECT,
        env=environment | {"GPU_KEDRO_RAW_DATA": "nowhere.csv"},
        capture_output=True,
        timeout=120,
    )
    assert failing.returncode != 0
    (workspace.folder / "failing.log").write_bytes(failing.stdout + failing.stderr)
    store = workspace.bundles
    log = workspace.folder / "asked"
    key = CANARIES["GPU_KEDRO_API_KEY"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CANARIES.items():
            patch.setenv(name, value)
        server = start_service(store, log_level="DEBUG", metrics="true", prediction_log=str(log))
        answers = [ask(server.port, *question) for question in list_questions(key)]
        time.sleep(2)  # the prediction log is written behind the answers
    (workspace.folder / "answers.log").write_bytes(b"\n".join(answers))
    (workspace.folder / "service.log").write_bytes(server.log.read_bytes())
    assert b"GeForce RTX 3070" in b"".join(answers)
    assert any(log.iterdir())
    found = find_marks(workspace.folder)
    files = sum(path.is_file() for path in workspace.folder.rglob("*"))
    measured("security.canaries", len(found), f"{len(CANARIES)} secrets, {files} files and {len(answers)} answers")
    assert found == []


def list_questions(key: str) -> list[tuple[str, str, bytes | None, dict[str, str]]]:
    """Questions of every kind, with the key, without it, and with one that is wrong."""
    asked = b'{"name": "GeForce RTX 3070"}'
    addresses = ("/health/ready", "/v1/model", "/metrics", "/openapi.json", "/docs", "/v1/gpus?q=3070", "/nowhere")
    json_type, csv_type = {"Content-Type": "application/json"}, {"Content-Type": "text/csv"}
    questions: list[tuple[str, str, bytes | None, dict[str, str]]] = [
        *(("GET", path, None, {}) for path in addresses),
        *(("POST", path, asked, json_type) for path in ("/v1/predict", "/v1/predict?explain=true", "/v1/card")),
        ("POST", "/v1/predict", b"{", json_type),
        ("POST", "/v1/predict/file", b"name\nRTX 3070\n", csv_type),
    ]
    keys: list[dict[str, str]] = [{}, {"X-API-Key": key}, {"X-API-Key": "wrong"}]
    return [(method, path, body, headers | one) for method, path, body, headers in questions for one in keys]


def ask(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
    """An answer with its head."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return str(answer.getheaders()).encode() + answer.read()
    finally:
        connection.close()


@pytest.mark.reliability
@promise("security.image", "files given to the builder of the image that hold a secret", at_most=0)
def test_nothing_of_the_surroundings_goes_to_the_builder(tmp_path: Path, measured: Measured):
    """A checkout with secrets in every place that is meant for them; of it what .dockerignore lets through."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((PROJECT / name).read_bytes())
    planted = [".env", ".env.local", "conf/local/credentials.yml", "conf/local/tracking.yml", "api/.env", "src/.env",
               "mlruns/mlflow.db", "data/07_model_output/x.csv", ".git/config", "kubeconfig"]  # fmt: skip
    for name in planted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(_MARK)
    sent = list_context(tmp_path)
    assert "src/gpu_kedro/settings.py" in sent
    found = [name for name in sent if _MARK in (tmp_path / name).read_bytes() and not name.startswith("tests/")]
    measured("security.image", len(found), f"{len(planted)} planted, {len(sent)} files sent")
    assert found == []


def list_context(folder: Path) -> list[str]:
    """What .dockerignore lets through: the last line that fits a path decides, as Docker has it."""
    lines = [line for line in (folder / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    sent = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        is_sent = True
        for line in lines:
            pattern = line.removeprefix("!")
            if any(_fits(part, pattern) for part in (name, *(str(up) for up in Path(name).parents if str(up) != "."))):
                is_sent = line.startswith("!")
        if is_sent and path.is_file():
            sent.append(name)
    return sent


def _fits(name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return Path(name).match(pattern.removeprefix("**/"))
    return name.count("/") == pattern.count("/") and Path(name).match(pattern)


@pytest.mark.reliability
@promise("security.pickles", "pickles that could run code, in the bundle and what is committed", at_most=0)
def test_no_pickle_is_there_to_be_loaded(bundle: Path, measured: Measured):
    found, scanned = 0, 0
    result = scan_directory_path(str(bundle))
    found, scanned = found + result.infected_files, scanned + len(list(bundle.rglob("*")))
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    committed = [name for name in tracked.decode().split("\0") if name]
    assert [name for name in committed if name.endswith((".pkl", ".pickle", ".joblib", ".pt", ".bin"))] == []
    for name in committed:
        scanned += 1
        content = (PROJECT / name).read_bytes()
        if content[:1] == b"\x80" or content[:2] == b"PK":
            found += bool(scan_bytes(io.BytesIO(content), name).infected_files)
    # what must be found is found
    assert scan_bytes(io.BytesIO(b"cos\nsystem\n(S'id'\ntR."), "x.pkl").infected_files == 1
    measured("security.pickles", found, f"{scanned} files")
    assert found == 0


@pytest.mark.reliability
@promise("security.code", "findings of bandit in the code", at_most=0)
def test_bandit_finds_nothing(measured: Measured):
    folders = ["src", "api", "bench", "docs", "streamlit_app"]
    command = [
        TOOLS / "bandit",
        "--quiet",
        "--configfile",
        "pyproject.toml",
        "--format",
        "json",
        "--recursive",
        *folders,
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["errors"] == []
    lines = told["metrics"]["_totals"]["loc"]
    assert lines > 10_000
    measured("security.code", len(told["results"]), f"{lines:,} lines")
    assert told["results"] == []


@pytest.mark.reliability
@promise("security.committed", "committed files that seem to hold a secret", at_most=0)
def test_no_secret_is_committed(tmp_path: Path, measured: Measured):
    hook = [TOOLS / "detect-secrets-hook", "--baseline", ".secrets.baseline"]
    planted = tmp_path / "planted.py"
    planted.write_text('KEY = "AKIA' + 'IOSFODNN7EXAMPLZ"\n')
    assert subprocess.run([*hook, planted], cwd=PROJECT, capture_output=True).returncode == 1
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    names = [name for name in tracked.decode().split("\0") if name]
    done = subprocess.run([*hook, *names], cwd=PROJECT, capture_output=True, text=True)
    found = re.findall(r"^Location: +(\S+)", done.stdout, re.MULTILINE)
    measured("security.committed", len(found), f"{len(names)} files")
    assert done.returncode == 0, done.stdout
