"""`gpu-kedro models` lists, shows, promotes and rolls back; the running service follows."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from candidates import turn_intervals_round, worsen
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from gpu_kedro.command_line import main
from gpu_kedro.modelling.bundle.files import read_pointer
from gpu_kedro.modelling.bundle.registry import read_history


@pytest.fixture
def models(store: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(store))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["models", *arguments])

    return run


def test_list_marks_what_is_served_and_names_candidates(models, champion: str, add_version):
    candidate = add_version("new")
    first, second = models("list").output.splitlines()
    assert first.startswith(f"* {champion}  promoted 20")
    assert "tdp_w rmsle 0." in first
    assert second.startswith(f"  {candidate}  candidate")


def test_promote_prints_every_check_and_moves_the_pointer(models, store: Path, champion: str, add_version):
    candidate = add_version("new")
    done = models("promote", "--env", "test")
    assert done.exit_code == 0
    assert f"{candidate} against {champion}:" in done.output
    assert "  pass  canaries: 200 queries, all finite and ordered" in done.output
    assert "FAIL" not in done.output
    assert read_pointer(store) == candidate
    assert set(json.loads((store / "current.json").read_text())) >= {"version", "since", "by", "why"}


def test_a_refusal_names_the_line_and_changes_nothing(models, store: Path, champion: str, add_version):
    add_version("worse", worsen("g3d_mark", "everything", "all", 1.5))
    done = models("promote", "--env", "test")
    assert done.exit_code == 1
    assert "  FAIL  g3d_mark everything all: rmsle" in done.output
    assert f"Error: not promoted, {champion} stays: 1 of" in done.output
    assert read_pointer(store) == champion
    assert len(read_history(store)) == 1


def test_force_needs_a_reason_that_the_history_keeps(models, store: Path, add_version):
    candidate = add_version("worse", worsen("g3d_mark", "everything", "all", 1.5))
    assert models("promote", "--env", "test", "--force").exit_code == 2
    done = models("promote", "--env", "test", "--force", "the old data were wrong")
    assert done.exit_code == 0
    assert read_pointer(store) == candidate
    move = read_history(store)[-1]
    assert move["why"] == "forced: the old data were wrong"
    assert move["gate"]["refused"] == ["g3d_mark everything all"]


def test_nonsense_cannot_be_forced(models, store: Path, champion: str, add_version):
    add_version("nonsense", turn_intervals_round)
    done = models("promote", "--env", "test", "--force", "I insist")
    assert done.exit_code == 1
    assert "train it again" in done.output
    assert read_pointer(store) == champion


def test_show_tells_where_a_version_comes_from(models, champion: str):
    said = models("show").output
    for words in (champion, "(served)", "commit", "data", "407 GPUs, 121 features", "passed the gate after its run"):
        assert words in said


def test_an_unknown_version_is_one_line(models):
    done = models("promote", "2000")
    assert done.exit_code == 1
    assert done.output == "Error: no version is called '2000'; `gpu-kedro models list` shows what there is\n"


def test_an_empty_store_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(tmp_path))
    for command in ("list", "show", "promote", "rollback"):
        done = CliRunner().invoke(main, ["models", command])
        assert done.exit_code == 1
        assert done.output.startswith("Error: no ")
        assert len(done.output.splitlines()) == 1


def test_the_running_service_follows_a_promotion_and_a_rollback(models, store: Path, champion: str, add_version):
    candidate = add_version("new")

    def wait_for(version: str) -> None:
        end = time.monotonic() + 20
        while client.post("/v1/predict", json={"name": "RTX 3070"}).json()["model_version"] != version:
            assert time.monotonic() < end, "the service did not follow in 20 s"
            time.sleep(0.02)

    with TestClient(create_app(Settings(bundles=store, check_seconds=0.05, log_level="WARNING"))) as client:
        wait_for(champion)
        assert models("promote", "--env", "test").exit_code == 0
        wait_for(candidate)
        assert models("rollback").output == f"{champion} is served again instead of {candidate}.\n"
        wait_for(champion)


@pytest.mark.parametrize("arguments", [["list"], ["show"], ["promote", "--env", "test"], ["rollback"]])
def test_no_command_needs_mlflow(store: Path, add_version, monkeypatch: pytest.MonkeyPatch, arguments: list[str]):
    add_version("new")
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(store))
    if arguments == ["rollback"]:
        assert CliRunner().invoke(main, ["models", "promote", "--env", "test"]).exit_code == 0
    script = (
        "import sys; from gpu_kedro.command_line import main; main(sys.argv[1:], standalone_mode=False);"
        "print([name for name in ('mlflow', 'kedro_mlflow', 'kedro.framework', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "models", *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
