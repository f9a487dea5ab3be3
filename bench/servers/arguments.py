"""What every server of the bench is started with."""

import sys
from pathlib import Path


def read_arguments() -> tuple[Path, int]:
    """The store of bundles and the port, from the command line."""
    bundles, port = sys.argv[1:]
    return Path(bundles), int(port)
