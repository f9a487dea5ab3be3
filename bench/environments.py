"""Virtual environments for what runs with other packages than this process: the service with those of its image."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from gpu_kedro.resolvers import PROJECT_PATH

#: How the image finds the project's own code.
SERVICE_PATH = os.pathsep.join([str(PROJECT_PATH / "src"), str(PROJECT_PATH)])


def make_environment(lock: Path, folder: Path) -> Path:
    """The Python of a virtual environment, made where it is missing or outdated; waits for who makes it now.

    Args:
        lock: what is installed, checked by hash.
        folder: of the environment.

    Raises:
        RuntimeError: the packages cannot be installed.
    """
    stamp = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    with folder.with_name(f"{folder.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        mark, python = folder / "stamp", folder / "bin" / "python"
        if not mark.is_file() or mark.read_text() != stamp:
            uv = str(Path(sys.executable).with_name("uv"))
            for command in (
                [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
                [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(lock)],
            ):
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603
                if done.returncode:
                    raise RuntimeError(f"{lock} cannot be installed, which needs the network once: {done.stderr}")
            mark.write_text(stamp)
    return python


def write_service_command(port: int) -> list[str]:
    """The command that the image starts the service with, for a port; give it `SERVICE_PATH` as `PYTHONPATH`."""
    python = make_environment(PROJECT_PATH / "deploy" / "locks" / "api.lock", PROJECT_PATH / ".venv-service")
    return ["env", f"PORT={port}", str(python), "-m", "api.server"]
