"""Bundles in the catalog: one folder (`BundleDataset`) or a store of versions (`BundleStoreDataset`)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset
from kedro_datasets._typing import JSONPreview

from gpu_kedro.modelling.bundle.files import (
    POINTER,
    Bundle,
    BundleError,
    read_bundle,
    read_manifest,
    read_pointer,
    write_bundle,
)
from gpu_kedro.modelling.bundle.files import content_hash as hash_content
from gpu_kedro.provenance import describe_origin

_SAVED = ".saved"


class BundleDataset(AbstractDataset[Bundle, Bundle]):
    """A folder of plain files with a manifest; written whole or not at all, loaded only unchanged."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Bundle:
        """Read and check every file."""
        return Bundle(*read_bundle(self._folder()))

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
    """Versions of a bundle side by side, and a pointer file to the one that is served.

    A version is named `<UTC time>-<content hash>`. Content that is stored already is not stored twice. Saving makes a
    candidate; loading gives what is served (`gpu_kedro.promotion` moves the pointer).
    """

    def save(self, data: Bundle) -> None:
        """Write the next version."""
        content = hash_content(data.files)
        name = self._find(content)
        if name is None:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{content[:12]}"
            write_bundle(self._filepath / name, data.files, {**data.facts, **describe_origin(), "version": name})
        # another process may have saved it, of which this one knows nothing
        (self._filepath / _SAVED).write_text(name)

    def saved_folder(self) -> Path:
        """Folder of the version that was saved last, which need not be the newest."""
        return self._filepath / (self._filepath / _SAVED).read_text()

    def _find(self, content: str) -> str | None:
        for folder in sorted(self._filepath.glob(f"*-{content[:12]}"), reverse=True):
            try:
                read_bundle(folder)
            except BundleError:
                continue
            return folder.name
        return None

    def _folder(self) -> Path:
        return self._filepath / read_pointer(self._filepath)

    def _exists(self) -> bool:
        return (self._filepath / POINTER).is_file()
