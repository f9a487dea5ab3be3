"""What `make` does without the tools that only a developer has."""

import subprocess
from pathlib import Path

from workspace import PROJECT

KEPT = ("data/01_raw/gpu_benchmarks.csv", "data/01_raw/observations/mine.csv", "data/06_models/.gitkeep", "README.md")
MADE = (
    "build/site/index.html",
    "mlruns/mlflow.db",
    ".viz/stats.json",
    "data/.run.lock",
    "data/06_models/bundles/a/manifest.json",
    "data/08_reporting/report.html",
    "data/test_run/08_reporting/report.html",
)


def test_clean_removes_what_runs_and_builds_wrote_without_git(tmp_path: Path):
    for name in (*KEPT, *MADE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    subprocess.run(["make", "--file", PROJECT / "Makefile", "clean"], cwd=tmp_path, check=True)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(tmp_path / name for name in KEPT)
