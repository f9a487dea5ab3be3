"""What a tracking store or server holds."""

from pathlib import Path

from mlflow.entities import Run
from mlflow.tracking import MlflowClient
from workspace import Workspace


def recorded(workspace: Workspace, experiment: str = "gpu_kedro_test") -> list[Run]:
    """Runs in the local store of a workspace, newest first."""
    return runs_at(MlflowClient(workspace.tracking_uri), experiment)


def runs_at(client: MlflowClient, experiment: str = "gpu_kedro_test") -> list[Run]:
    found = client.get_experiment_by_name(experiment)
    return list(client.search_runs([found.experiment_id])) if found else []


def artifacts_at(client: MlflowClient, run_id: str, folder: str | None = None) -> dict[str, int]:
    """Size of each artifact by path."""
    found: dict[str, int] = {}
    for item in client.list_artifacts(run_id, folder):
        found |= artifacts_at(client, run_id, item.path) if item.is_dir else {item.path: item.file_size}
    return found


def files_below(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
