import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from bad_bundles import OWN
from candidates import Edit
from workspace import Workspace

from gpu_kedro.modelling.bundle.files import read_bundle, write_bundle
from gpu_kedro.modelling.bundle.registry import current_version


@pytest.fixture
def store(trained: Workspace, tmp_path: Path) -> Path:
    """A copy of the store of the training run; its one version is served."""
    return Path(shutil.copytree(trained.bundles, tmp_path / "06_models" / "bundles"))


@pytest.fixture
def champion(store: Path) -> str:
    version = current_version(store)
    assert version is not None
    return version


@pytest.fixture
def add_version(store: Path, champion: str) -> Callable[..., str]:
    """Adds a copy of the champion, with its files and facts changed by a function."""

    def add(name: str, edit: Edit | None = None) -> str:
        files, manifest = read_bundle(store / champion)
        facts = deepcopy({key: value for key, value in manifest.items() if key not in OWN})
        if edit is not None:
            edit(files, facts)
        version = f"20990101T00000{len(list(store.iterdir())) % 10}Z-{name}"
        write_bundle(store / version, files, {**facts, "version": version})
        return version

    return add
