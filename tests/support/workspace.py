"""Runs of the project in a folder of their own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Workspace:
    """A folder that runs write to instead of the project's own."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def bundles(self) -> Path:
        return self.data / "06_models" / "bundles"

    @property
    def observations(self) -> Path:
        return self.folder / "observations"

    @property
    def tracking_uri(self) -> str:
        return f"sqlite:///{self.folder / 'mlruns' / 'mlflow.db'}"

    def environment(self) -> dict[str, str]:
        return {
            "GPU_KEDRO_DATA_DIR": str(self.data),
            "GPU_KEDRO_MLRUNS_DIR": str(self.folder / "mlruns"),
            "GPU_KEDRO_OBSERVATIONS": str(self.observations),
        }

    def run(self, *pipelines: str, env: str = "test", params: dict[str, Any] | None = None, **filters: Any) -> None:
        """Run pipelines in this process, as `kedro run --env test` does."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment().items():
                patch.setenv(name, value)
            bootstrap_project(PROJECT)
            with KedroSession.create(PROJECT, env=env, runtime_params=params or {}) as session:
                session.run(pipeline_names=list(pipelines) or None, **filters)
