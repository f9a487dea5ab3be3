"""What is saved and served: a folder of plain files that is written whole or not at all, and read only unchanged.

A bundle holds ONNX models, NumPy arrays and JSON; nothing in it is ever unpickled. Its manifest, written last,
lists the SHA-256 of every file. The version is the first part of the hash of that list, so equal content has an
equal version.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gpu_kedro.modelling.bundle.disk import BundleError as BundleError
from gpu_kedro.modelling.bundle.disk import UnreadableBundleError, list_files, parse_object, read_file

MANIFEST = "manifest.json"
#: Names the current one among the versions of a folder.
POINTER = "current.json"
FORMAT = 1
#: Folder, pointer and manifest name a version alike: when it was made, and from what.
_VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-z_-]{1,40}", re.ASCII)
_FILE = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
#: Ten and more times what a bundle has; larger ones are something else.
_MOST_POINTER, _MOST_MANIFEST, _MOST_BUNDLE = 64 * 1024, 16 * 1024**2, 512 * 1024**2
#: What the manifest tells of the files themselves; a bundle that is written anew with others gets its own.
MANIFEST_FACTS = frozenset({"format", "content_sha256", "files", "manifest_sha256", "version"})
_FORBIDDEN = (".pkl", ".pickle", ".joblib", ".cloudpickle")


@dataclass(frozen=True)
class Bundle:
    """Files by relative path, and what the manifest tells about them."""

    files: Mapping[str, bytes]
    facts: Mapping[str, Any]


class NoPointerError(BundleError):
    """Nothing was trained yet: there is no pointer to a bundle."""


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the names and contents of the files, in order of their names."""
    digest = hashlib.sha256()
    for name, line in sorted(_hashes(files).items()):
        digest.update(f"{name} {line}\n".encode())
    return digest.hexdigest()


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def write_bundle(folder: Path, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
    """Write the files and their manifest as `folder`, whole or not at all.

    The files go to a temporary folder beside it, are flushed to the disk, the manifest comes last, and one rename
    puts the whole in place. A folder of that name is replaced. `facts` is what else the manifest tells.

    Raises:
        BundleError: a file name leaves the folder, or has the ending of a pickle.
    """
    for name in files:
        if _leaves(name) or name == MANIFEST:
            raise BundleError(f"{name!r} cannot be a file of a bundle")
        if PurePosixPath(name).suffix in _FORBIDDEN:
            raise BundleError(f"{name!r}: bundles hold no pickles")
    manifest = {
        "format": FORMAT,
        "content_sha256": content_hash(files),
        **facts,
        "files": {name: {"sha256": digest, "bytes": len(files[name])} for name, digest in _hashes(files).items()},
    }
    manifest["manifest_sha256"] = _manifest_hash(manifest)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in files.items():
            _write_durably(staging / name, content)
        _write_durably(staging / MANIFEST, _manifest_bytes(manifest))
        staging.chmod(0o755)
        _swap(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def is_version(name: object) -> bool:
    """Whether a bundle may be called so."""
    return isinstance(name, str) and _VERSION.fullmatch(name) is not None


def _leaves(name: str) -> bool:
    """Whether a file of this name would lie outside its bundle, or elsewhere for others."""
    return _FILE.fullmatch(name) is None or ".." in name.split("/")


def _manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, indent=1, sort_keys=True).encode()


def _manifest_hash(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(_manifest_bytes({**manifest, "manifest_sha256": ""})).hexdigest()


def _write_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _swap(staging: Path, folder: Path) -> None:
    if folder.exists():
        # a folder cannot be renamed onto a full one: the old one steps aside first
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
        folder.rename(aside / "old")
        staging.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        staging.rename(folder)
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a bundle.

    Raises:
        UnreadableBundleError: it cannot be read now.
        BundleError: there is none, or it is of another format.
    """
    path = folder / MANIFEST
    try:
        content = read_file(path, _MOST_MANIFEST)
    except FileNotFoundError as err:
        raise UnreadableBundleError(
            f"{folder}: no bundle here ({MANIFEST} is missing); run `kedro run` to train one"
        ) from err
    manifest = parse_object(content, path)
    if manifest.get("format") != FORMAT:
        raise BundleError(f"{folder}: a bundle of another format than {FORMAT}; train it again with this version")
    told = str(manifest.get("manifest_sha256"))
    # as it was when the hash was taken: without it
    bare = content.replace(f'"manifest_sha256": "{told}"'.encode(), b'"manifest_sha256": ""', 1)
    if hashlib.sha256(bare).hexdigest() != told:
        raise BundleError(f"{path}: was changed after it was written")
    return manifest


def read_bundle(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Files by relative path, and the manifest, after checking that not one byte has changed.

    Raises:
        UnreadableBundleError: a file cannot be read now, or is not all there.
        BundleError: names the file that is changed or not listed.
    """
    manifest = read_manifest(folder)
    sizes = _list_sizes(folder, manifest)
    strangers = list_files(folder) - {*sizes, MANIFEST}
    if strangers:
        raise BundleError(f"{folder}: holds files that the manifest does not list: {', '.join(sorted(strangers)[:3])}")
    files: dict[str, bytes] = {}
    for name, size in sizes.items():
        try:
            content = read_file(folder / name, _MOST_BUNDLE, size)
        except FileNotFoundError as err:
            raise UnreadableBundleError(f"{folder / name}: listed in the manifest but not there") from err
        if hashlib.sha256(content).hexdigest() != manifest["files"][name]["sha256"]:
            raise BundleError(
                f"{folder / name}: its SHA-256 differs from the manifest: the file was changed or damaged"
            )
        files[name] = content
    if content_hash(files) != manifest.get("content_sha256"):
        raise BundleError(f"{folder / MANIFEST}: its list of files was changed")
    return files, manifest


def _list_sizes(folder: Path, manifest: Mapping[str, Any]) -> dict[str, int]:
    """Bytes of each file that a manifest lists."""
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        raise BundleError(f"{folder / MANIFEST}: lists no files; train the bundle again")
    sizes: dict[str, int] = {}
    for name, entry in listed.items():
        size = entry.get("bytes") if isinstance(entry, dict) else None
        if _leaves(name) or not isinstance(size, int) or size < 0 or "sha256" not in entry:
            raise BundleError(f"{folder / MANIFEST}: {name!r} cannot be a file of a bundle")
        sizes[name] = size
    if sum(sizes.values()) > _MOST_BUNDLE:
        raise BundleError(f"{folder / MANIFEST}: lists more than {_MOST_BUNDLE:,} bytes: it is no bundle")
    return sizes


def read_stored(bundles: Path, version: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Read a version of a store: its folder, its manifest and whoever asks call it by the same name.

    Raises:
        UnreadableBundleError: it cannot be read now.
        BundleError: it is no version, or damaged.
    """
    folder = bundles / version
    if not is_version(version) or folder.is_symlink():
        raise BundleError(f"{folder}: is no version of a bundle")
    files, manifest = read_bundle(folder)
    if manifest.get("version") != version:
        raise BundleError(f"{folder}: was renamed, its manifest says {str(manifest.get('version'))[:60]!r}")
    return files, manifest


def read_pointer(bundles: Path) -> str:
    """The version that the pointer of a folder of bundles names.

    Raises:
        NoPointerError: there is no pointer.
        UnreadableBundleError: it cannot be read now.
        BundleError: it names no version.
    """
    pointer = bundles / POINTER
    try:
        content = read_file(pointer, _MOST_POINTER)
    except FileNotFoundError as err:
        raise NoPointerError(f"no trained bundle in {bundles}; run `kedro run` to train one") from err
    version = parse_object(content, pointer).get("version")
    if not is_version(version):
        raise BundleError(f"{pointer}: names no version of a bundle")
    return str(version)


def subfiles(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The files below `folder/`, named from there."""
    prefix = f"{folder}/"
    return {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}


def within(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The same files, named below `folder/`."""
    return {f"{folder}/{name}": content for name, content in files.items()}
