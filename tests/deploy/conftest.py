"""Tools that check files of the deployment, and the manifests that Kustomize renders."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from workspace import PROJECT

_TOOLS = Path(sys.executable).parent
DEPLOY = PROJECT / "deploy"
OVERLAYS = ("kubernetes/overlays/production", "kubernetes/overlays/retraining", "kubernetes/overlays/staging", "dask")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs kubectl where there is none, and the tools' own checks where they do not run; say so."""
    missing = {"manifests": shutil.which("kubectl") is None, "check": sys.platform != "linux"}
    for fixture in [name for name, is_missing in missing.items() if is_missing]:
        left = [item for item in items if fixture in getattr(item, "fixturenames", ())]
        if left:
            print(f"{len(left)} checks of deployment files are left out ({fixture})", file=sys.stderr)  # noqa: T201
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def check() -> Callable[..., str]:
    """Run a tool of the environment, which must find nothing; gives what it printed."""

    def run(tool: str, *arguments: str | Path) -> str:
        done = subprocess.run(
            [_TOOLS / tool, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env={**os.environ, "PATH": f"{_TOOLS}:{os.environ['PATH']}", "NO_COLOR": "1"},
            timeout=120,
        )
        assert done.returncode == 0, f"{tool}: {done.stdout}{done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="session", params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Everything that `kubectl apply --kustomize` would send for one overlay."""
    done = subprocess.run(["kubectl", "kustomize", DEPLOY / request.param], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))
