"""Opens a version as the service would, before it may be served."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gpu_kedro.modelling.bundle.files import Bundle, BundleError, read_stored
from gpu_kedro.serving.runtime import Runtime


class OpenVersion(NamedTuple):
    """A version that this code can serve."""

    runtime: Runtime
    files: Mapping[str, bytes]
    facts: Mapping[str, Any]


def open_version(bundles: Path, version: str) -> OpenVersion:
    """Read a version, every byte of it, and open its models.

    Raises:
        BundleError: it is damaged, or of another version of the code; says of which commit.
    """
    files, facts = read_stored(bundles, version)
    try:
        return OpenVersion(Runtime(Bundle(files, facts)), files, facts)
    except (KeyError, ValueError) as err:
        raise BundleError(
            f"{version} is of commit {facts.get('git_commit') or 'unknown'}, and this code cannot open it: {err}"
        ) from err


def check_version(bundles: Path, version: str) -> None:
    """See that a version can be served again.

    Raises:
        BundleError: it cannot; says what to do.
    """
    try:
        open_version(bundles, version)
    except BundleError as err:
        raise BundleError(
            f"not rolled back to {version}: {err}; nothing was changed, serve it from a checkout of its commit, or "
            "promote another version"
        ) from err
