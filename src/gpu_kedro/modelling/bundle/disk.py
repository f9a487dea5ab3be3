"""Reads a folder that others may write to, on a shared volume: regular files only, of the expected size, at once.

A pipe would hang its reader for ever, a link could lead to anything, and a file that is still being copied is not yet
what its manifest says.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any

from gpu_kedro.domain.errors import GpuKedroError

#: More than a bundle ever has; it ends the walk through a folder of something else.
_MOST_ENTRIES = 10_000


class BundleError(GpuKedroError):
    """A bundle is missing, incomplete, changed, or of another format."""


class UnreadableBundleError(BundleError):
    """A file cannot be read now, or is not all there: the next look may find it well."""


def read_file(path: Path, most_bytes: int, exact_bytes: int | None = None) -> bytes:
    """The content of a regular file.

    Raises:
        FileNotFoundError: there is none.
        UnreadableBundleError: it cannot be opened, or has another size.
        BundleError: it is no regular file, or too large.
    """
    try:
        # without waiting: opening a pipe waits for somebody who writes into it
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise BundleError(f"{path}: is no regular file")
            if found.st_size > most_bytes:
                raise BundleError(f"{path}: has {found.st_size:,} bytes, more than the {most_bytes:,} that are read")
            if exact_bytes is not None and found.st_size != exact_bytes:
                raise UnreadableBundleError(f"{path}: has {found.st_size:,} bytes instead of {exact_bytes:,}")
            return file.read(most_bytes)
    except FileNotFoundError:
        raise
    except OSError as err:
        if path.is_symlink():
            raise BundleError(f"{path}: is a link; a bundle holds regular files only") from err
        raise UnreadableBundleError(f"{path}: cannot be read ({err.strerror})") from err


def list_files(folder: Path) -> set[str]:
    """Every file below a folder, named from there with `/`.

    Raises:
        UnreadableBundleError: the folder cannot be read.
        BundleError: something in it is neither a regular file nor a folder, or there is too much.
    """
    found: set[str] = set()
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        try:
            with os.scandir(folder / inner) as entries:
                for entry in entries:
                    name = f"{inner}/{entry.name}".removeprefix("/")
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(name)
                    elif entry.is_file(follow_symlinks=False):
                        found.add(name)
                    else:
                        raise BundleError(f"{folder / name}: a bundle holds regular files only, no links, no pipes")
        except OSError as err:
            raise UnreadableBundleError(f"{folder / inner}: cannot be read ({err.strerror})") from err
        if len(found) + len(waiting) > _MOST_ENTRIES:
            raise BundleError(f"{folder}: holds more than {_MOST_ENTRIES:,} files: it is no bundle")
    return found


def parse_object(content: bytes, path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        BundleError: it holds none.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as err:
        raise BundleError(f"{path}: cannot be read ({err}); run `kedro run` to train a new bundle") from err
    if not isinstance(value, dict):
        raise BundleError(f"{path}: holds no JSON object; run `kedro run` to train a new bundle")
    return value
