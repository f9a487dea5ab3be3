"""A folder of Parquet files, on this machine or in an object store (fsspec): listed, read, and written file by file."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from gpu_kedro.pipelines.batch_inference.errors import BatchError

_ENDING = ".parquet"
_UNFINISHED = ".part"
#: What changes with the content of a file, the best first: object stores give hashes, file systems give times.
_MARKS = (
    "ETag",
    "etag",
    "md5Hash",
    "content_settings",
    "generation",
    "mtime",
    "LastModified",
    "last_modified",
    "created",
)


@dataclass(frozen=True)
class FoundFile:
    """A file of a folder, named below it with `/`; its stamp changes when the file is written again."""

    name: str
    stamp: str


@dataclass(frozen=True)
class ParquetFolder:
    """A folder by its path or an address such as `s3://bucket/folder`; small, to be sent to other processes."""

    url: str

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        try:
            filesystem, root = fsspec.url_to_fs(self.url)
        except ImportError as err:
            raise BatchError(f"{self.url}: {err}") from err
        except ValueError as err:
            raise BatchError(f"{self.url}: {err}; give a folder, or an address such as s3://bucket/folder") from err
        return filesystem, root.rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether the folder lies in the file system of this machine."""
        return isinstance(self._opened[0], LocalFileSystem)

    def locate(self, name: str) -> str:
        """A file's path, for messages."""
        return f"{self.url.rstrip('/')}/{name}"

    def holds(self, other: "ParquetFolder") -> bool:
        """Whether another folder is this one, or lies in it."""
        (filesystem, root), (its, inner) = self._opened, other._opened
        return type(filesystem) is type(its) and f"{inner}/".startswith(f"{root}/")

    def list_files(self) -> list[FoundFile]:
        """Its Parquet files, at any depth, by name; those that begin with `.` or `_` are other programs' own.

        Raises:
            BatchError: there is no such folder, or it cannot be listed.
        """
        filesystem, root = self._opened
        try:
            if not filesystem.isdir(root):
                raise BatchError(f"{self.url}: no such folder; name one of Parquet files with --params input=FOLDER")
            found: Mapping[str, Mapping[str, Any]] = filesystem.find(root, detail=True)
        except (OSError, PermissionError) as err:
            raise BatchError(f"{self.url}: cannot be listed ({err})") from err
        names = {path[len(root) :].lstrip("/"): info for path, info in found.items() if path.endswith(_ENDING)}
        return [
            FoundFile(name, _stamp(info))
            for name, info in sorted(names.items())
            if not any(part.startswith((".", "_")) for part in name.split("/"))
        ]

    def open(self, name: str) -> IO[bytes]:
        """A file for reading, whatever part of it is asked for."""
        filesystem, root = self._opened
        file: IO[bytes] = filesystem.open(f"{root}/{name}", "rb")
        return file

    @contextmanager
    def write_whole(self, name: str) -> Iterator[str]:
        """Give a path to write to; what it holds takes the file's place at the end, all at once, or not at all.

        On this machine by a rename after a flush to the disk, in an object store by one upload.
        """
        filesystem, root = self._opened
        target = f"{root}/{name}"
        beside = str(Path(target).parent) if self.is_local else None
        if beside:
            Path(beside).mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(prefix=f".{Path(name).name}.", suffix=_UNFINISHED, dir=beside)
        try:
            yield part
            if beside:
                os.fsync(descriptor)
                Path(part).chmod(0o644)
                Path(part).replace(target)
            else:
                filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
                filesystem.put_file(part, target)
        finally:
            os.close(descriptor)
            Path(part).unlink(missing_ok=True)

    def remove_unfinished(self) -> None:
        """Remove what processes left that were killed while they wrote; no other may be writing here."""
        if self.is_local:
            for part in Path(self._opened[1]).rglob(f".*{_ENDING}.*{_UNFINISHED}"):
                part.unlink(missing_ok=True)


def _stamp(info: Mapping[str, Any]) -> str:
    mark = next((str(info[key]) for key in _MARKS if info.get(key)), "")
    return hashlib.sha256(json.dumps([info.get("size"), mark]).encode()).hexdigest()[:16]
