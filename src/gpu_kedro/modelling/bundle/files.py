"""What is saved and served: a folder of plain files that is written whole or not at all, and read only unchanged.

A bundle holds ONNX models, NumPy arrays and JSON; nothing in it is ever unpickled. Its manifest, written last,
lists the SHA-256 of every file. The version is the first part of the hash of that list, so equal content has an
equal version.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gpu_kedro.domain.errors import GpuKedroError

MANIFEST = "manifest.json"
#: Names the current one among the versions of a folder.
POINTER = "current.json"
FORMAT = 1
_FORBIDDEN = (".pkl", ".pickle", ".joblib", ".cloudpickle")


@dataclass(frozen=True)
class Bundle:
    """Files by relative path, and what the manifest tells about them."""

    files: Mapping[str, bytes]
    facts: Mapping[str, Any]


class BundleError(GpuKedroError):
    """A bundle is missing, incomplete, changed, or of another format."""


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
    puts the whole in place. A folder of that name is replaced.

    Args:
        folder: where the bundle goes; its parent is made.
        files: relative path (with `/`) → content.
        facts: what else the manifest tells (data hash, versions, metrics …).

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


def _leaves(name: str) -> bool:
    """Whether a file of this name would lie outside its bundle."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


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
        BundleError: there is none, or it is of another format.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest: dict[str, Any] = json.loads(content)
    except FileNotFoundError as err:
        raise BundleError(f"{folder}: no bundle here ({MANIFEST} is missing); run `kedro run` to train one") from err
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as err:
        raise BundleError(
            f"{folder / MANIFEST}: cannot be read ({err}); run `kedro run` to train a new bundle"
        ) from err
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleError(f"{folder}: a bundle of another format than {FORMAT}; train it again with this version")
    if _manifest_bytes(manifest) != content or _manifest_hash(manifest) != manifest.get("manifest_sha256"):
        raise BundleError(f"{folder / MANIFEST}: was changed after it was written")
    return manifest


def read_bundle(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Read every file of a bundle after checking that not one byte has changed.

    Returns:
        Files by relative path, and the manifest.

    Raises:
        BundleError: names the file that is missing, changed or not listed.
    """
    manifest = read_manifest(folder)
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        raise BundleError(f"{folder / MANIFEST}: lists no files; train the bundle again")
    files: dict[str, bytes] = {}
    for name, entry in listed.items():
        if not isinstance(entry, dict) or _leaves(name):
            raise BundleError(f"{folder / MANIFEST}: {name!r} cannot be a file of a bundle")
        try:
            content = (folder / name).read_bytes()
        except OSError as err:
            raise BundleError(f"{folder / name}: listed in the manifest but cannot be read ({err})") from err
        if hashlib.sha256(content).hexdigest() != entry.get("sha256"):
            raise BundleError(
                f"{folder / name}: its SHA-256 differs from the manifest: the file was changed or damaged"
            )
        files[name] = content
    if content_hash(files) != manifest.get("content_sha256"):
        raise BundleError(f"{folder / MANIFEST}: its list of files was changed")
    strangers = {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()}
    strangers -= {*listed, MANIFEST}
    if strangers:
        raise BundleError(f"{folder}: holds files that the manifest does not list: {', '.join(sorted(strangers)[:3])}")
    return files, manifest


def read_pointer(bundles: Path) -> str:
    """The version that the pointer of a folder of bundles names.

    Raises:
        NoPointerError: there is no pointer.
        BundleError: it cannot be read, or names no folder in there.
    """
    pointer = bundles / POINTER
    try:
        version = json.loads(pointer.read_bytes())["version"]
    except FileNotFoundError as err:
        raise NoPointerError(f"no trained bundle in {bundles}; run `kedro run` to train one") from err
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise BundleError(f"{pointer}: cannot be read ({err}); run `kedro run` to write a new one") from err
    if not isinstance(version, str) or Path(version).name != version or version[:1] in ("", "."):
        raise BundleError(f"{pointer}: names no version of a bundle")
    return version


def subfiles(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The files below `folder/`, named from there."""
    prefix = f"{folder}/"
    return {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}


def within(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The same files, named below `folder/`."""
    return {f"{folder}/{name}": content for name, content in files.items()}
