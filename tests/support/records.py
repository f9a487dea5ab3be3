"""What a tracking store, a server or a prediction log holds."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mlflow.entities import Run
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.tracking import MlflowClient
from workspace import Workspace


def recorded(workspace: Workspace, experiment: str = "gpu_kedro_test") -> list[Run]:
    """Runs in the local store of a workspace, newest first."""
    return runs_at(MlflowClient(workspace.tracking_uri), experiment)


def runs_at(client: MlflowClient, experiment: str = "gpu_kedro_test") -> list[Run]:
    found = client.get_experiment_by_name(experiment)
    return list(client.search_runs([found.experiment_id])) if found else []


def whole_run_at(client: MlflowClient) -> Run:
    """The one run of the whole graph; other tests may have recorded runs of parts of it in the same store."""
    (run,) = [run for run in runs_at(client) if run.data.tags["pipeline"] == "__default__"]
    return run


def artifacts_at(client: MlflowClient, run: Run) -> dict[str, int]:
    """Size of each artifact by path; `client.list_artifacts` asks old servers for endpoints that they lack."""
    store = get_artifact_repository(run.info.artifact_uri, tracking_uri=client.tracking_uri)
    found: dict[str, int] = {}
    folders: list[str | None] = [None]
    while folders:
        for item in store.list_artifacts(folders.pop()):
            if item.is_dir:
                folders.append(item.path)
            else:
                found[item.path] = item.file_size or 0
    return found


def artifacts_of(run: Run) -> dict[str, int]:
    """Size of each artifact of a run in a local store, by path."""
    folder = Path(url2pathname(urlsplit(run.info.artifact_uri).path))
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def figures_of(run: Run) -> dict[str, float]:
    """Every figure of a run in a local store, by name."""
    folder = Path(url2pathname(urlsplit(run.info.artifact_uri).path))
    table = json.loads((folder / "metrics.json").read_text())
    return dict(table["data"])


def logged_predictions(folder: Path) -> list[dict[str, Any]]:
    """Rows of a prediction log, oldest first."""
    found = []
    for file in sorted(folder.glob("*.sqlite")):
        with closing(sqlite3.connect(file)) as connection:
            connection.row_factory = sqlite3.Row
            found += [dict(row) for row in connection.execute("SELECT * FROM predictions ORDER BY rowid")]
    return found
