"""`python -m gpu_kedro`: `kedro run` of the installed package, with its settings given by `--conf-source`."""

import sys
from typing import Any

from kedro.framework.cli.utils import find_run_command
from kedro.framework.project import configure_project


def main(*args: Any, **kwargs: Any) -> Any:
    """Run pipelines; takes the arguments of `kedro run` as a list, those of the command line when left out."""
    configure_project("gpu_kedro")
    kwargs.setdefault("standalone_mode", not hasattr(sys, "ps1"))
    return find_run_command("gpu_kedro")(*args, **kwargs)


if __name__ == "__main__":
    main()
