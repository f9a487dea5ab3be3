"""Values that the configuration reads from outside: environment variables, `.env` and the project's own folder."""

import os
from pathlib import Path

from dotenv import dotenv_values

_CHECKOUT = Path(__file__).resolve().parents[2]
#: Where `conf`, `data` and `.env` lie: the checkout, or the working directory where the wheel is installed.
PROJECT_PATH = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else Path.cwd()
_PREFIXES = ("GPU_KEDRO_", "MLFLOW_")
_NAMES = ("PORT",)


def read_env_file() -> None:
    """Take the project's variables from `.env` (or the file `GPU_KEDRO_ENV_FILE`) where the environment has none.

    Blank values and other programs' variables are left alone; the environment wins.
    """
    path = Path(absolute_path(read_environment("GPU_KEDRO_ENV_FILE", ".env")))
    if not path.is_file():
        return
    for name, value in dotenv_values(path, interpolate=False).items():
        if value and (name.startswith(_PREFIXES) or name in _NAMES) and not os.environ.get(name):
            os.environ[name] = value


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


def tracking_remote() -> str:
    """Address of the server that finished runs are sent to: `MLFLOW_TRACKING_URI` if it is HTTP, else nothing."""
    uri = read_environment("MLFLOW_TRACKING_URI", "")
    return uri.rstrip("/") if is_server(uri) else ""


def tracking_store() -> str:
    """Address of the store that runs are recorded in, always on this machine's side.

    A SQLite file in `GPU_KEDRO_MLRUNS_DIR`, unless `MLFLOW_TRACKING_URI` names a database of its own.
    """
    uri = read_environment("MLFLOW_TRACKING_URI", "")
    if uri and not is_server(uri):
        return uri
    return f"sqlite:///{absolute_path(read_environment('GPU_KEDRO_MLRUNS_DIR', 'mlruns'))}/mlflow.db"


def is_server(uri: str) -> bool:
    """Whether a tracking address is that of a server."""
    return uri.lower().startswith(("http://", "https://"))


def sqlite_path(uri: str) -> Path | None:
    """The database file behind a `sqlite:///` address, None for any other."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None
