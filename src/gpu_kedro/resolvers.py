"""Values that the configuration reads from outside: environment variables and the project's own folder."""

import os
from pathlib import Path

PROJECT_PATH = Path(__file__).resolve().parents[2]


def read_environment(name: str, default: str) -> str:
    """The environment variable, or the default when it is unset or blank: `${env:NAME,default}`."""
    return os.environ.get(name, "").strip() or default


def absolute_path(path: str) -> str:
    """A path of the project made absolute: `${project:data}`; one that is absolute already stays."""
    return str((PROJECT_PATH / Path(path).expanduser()).resolve())


def bundle_store() -> Path:
    """Folder of the bundles' versions: `GPU_KEDRO_BUNDLES`, else `06_models/bundles` in the data folder."""
    data = absolute_path(read_environment("GPU_KEDRO_DATA_DIR", "data"))
    return Path(absolute_path(read_environment("GPU_KEDRO_BUNDLES", f"{data}/06_models/bundles")))


def tracking_store() -> str:
    """Address of the local MLflow store; its folder can be moved with `GPU_KEDRO_MLRUNS_DIR`."""
    return f"sqlite:///{absolute_path(read_environment('GPU_KEDRO_MLRUNS_DIR', 'mlruns'))}/mlflow.db"


def sqlite_path(uri: str) -> Path | None:
    """The database file behind a `sqlite:///` address, None for any other."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None
