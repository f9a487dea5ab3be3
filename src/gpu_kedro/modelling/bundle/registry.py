"""Which version of a bundle is served: a pointer that moves atomically, and a history that says who moved it and why.

Beside the versions lie `current.json` (the pointer) and `history.jsonl`, one line for each move, only ever appended
to. A line is written before the pointer moves, so no move is without its line; a line whose move was cut off does not
count.
"""

import getpass
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from gpu_kedro.modelling.bundle.files import (
    MANIFEST,
    POINTER,
    BundleError,
    NoPointerError,
    is_version,
    read_pointer,
    read_stored,
)

HISTORY = "history.jsonl"
Action = Literal["promote", "rollback"]
Move = dict[str, Any]


def list_versions(bundles: Path) -> list[str]:
    """Versions in a store, oldest first."""
    if not bundles.is_dir():
        return []
    return sorted(
        folder.name for folder in bundles.iterdir() if is_version(folder.name) and (folder / MANIFEST).is_file()
    )


def find_version(bundles: Path, name: str | None) -> str:
    """The version that is called by its name or an unambiguous part of it; the newest when none is named.

    Raises:
        BundleError: no version, or several, are called so.
    """
    versions = list_versions(bundles)
    if not versions:
        raise BundleError(f"no trained bundle in {bundles}; run `kedro run` to train one")
    if name is None:
        return versions[-1]
    found = [version for version in versions if version == name] or [version for version in versions if name in version]
    if len(found) != 1:
        what = "no version is" if not found else f"{len(found)} versions are"
        raise BundleError(f"{what} called {name!r}; `gpu-kedro models list` shows what there is")
    return found[0]


def current_version(bundles: Path) -> str | None:
    """The version that is served, None before the first promotion.

    Raises:
        BundleError: the pointer cannot be read.
    """
    try:
        return read_pointer(bundles)
    except NoPointerError:
        return None


def promote(bundles: Path, version: str, why: str, facts: Mapping[str, Any]) -> Move:
    """Let a version be served from now on, after a check of every byte of it.

    The history keeps why, and the facts: metrics and the gate's verdict, say.

    Raises:
        BundleError: the version is damaged.
    """
    read_stored(bundles, version)
    with _one_at_a_time(bundles):
        return _move(bundles, "promote", version, why, facts)


def roll_back(bundles: Path, why: str, check: Callable[[str], object]) -> Move:
    """Let the version be served again that was served before the current one; repeated, the one before that.

    `check` is given the version first, and raises `BundleError` when it cannot be served.

    Raises:
        BundleError: there was none before, or it cannot be served.
    """
    with _one_at_a_time(bundles):
        served = _served_in_turn(bundles)
        if len(served) < 2:
            raise BundleError(f"no version was served before in {bundles}: there is nothing to roll back to")
        check(served[-2])
        return _move(bundles, "rollback", served[-2], why, {})


def read_history(bundles: Path) -> list[Move]:
    """Every move that was completed, oldest first.

    Raises:
        BundleError: the history cannot be read.
    """
    path = bundles / HISTORY
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    moves: list[Move] = []
    for number, line in enumerate(lines, 1):
        try:
            move = json.loads(line)
            moves.append({**move, "from": move["from"], "to": move["to"], "action": move["action"]})
        except (ValueError, KeyError, TypeError) as err:
            if number == len(lines):
                break  # a line that was cut off while it was written: its move never happened
            raise BundleError(f"{path}, line {number}: is not a move; restore the file or remove the line") from err
    version = current_version(bundles)
    while moves and moves[-1]["to"] != version:
        moves.pop()
    return moves


def _served_in_turn(bundles: Path) -> list[str]:
    """Versions as they replaced each other up to the current one; a rollback takes its last one away."""
    served: list[str] = []
    for move in read_history(bundles):
        if not served and move["from"] is not None:
            served.append(move["from"])
        if move["action"] == "rollback":
            served.pop()
        elif not served or served[-1] != move["to"]:
            served.append(move["to"])
    return served


def _move(bundles: Path, action: Action, version: str, why: str, facts: Mapping[str, Any]) -> Move:
    move: Move = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": _whoami(),
        "action": action,
        "from": current_version(bundles),
        "to": version,
        "why": why,
    }
    _append(bundles / HISTORY, json.dumps({**move, **facts}, sort_keys=True, allow_nan=False))
    _point_at(bundles, {"version": version, "since": move["at"], "by": move["by"], "why": why})
    return move


def _append(path: Path, line: str) -> None:
    content = path.read_bytes() if path.is_file() else b""
    with path.open("ab") as file:
        if content and not content.endswith(b"\n"):
            file.truncate(content.rfind(b"\n") + 1)  # what was cut off while it was written
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _point_at(bundles: Path, pointer: Mapping[str, str]) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{POINTER}.", dir=bundles)
    with os.fdopen(descriptor, "w") as file:
        json.dump(pointer, file)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(0o644)
    Path(temporary).replace(bundles / POINTER)


def _whoami() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _one_at_a_time(bundles: Path) -> FileLock:
    return FileLock(bundles / ".promotion.lock")
