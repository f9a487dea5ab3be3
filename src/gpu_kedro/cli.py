"""The project's part of Kedro's command line: `kedro run --verbose`, `kedro mlflow ui`, and known faults in one line.

Kedro imports this module for its commands only; a script that opens a session of its own gets exceptions as ever.
"""

import logging
import os
import sys
import webbrowser
from pathlib import Path
from types import TracebackType

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import CONTEXT_SETTINGS
from kedro.framework.session import KedroSession
from kedro_mlflow.framework.cli import cli as kedro_mlflow  # Kedro has loaded it by now

from gpu_kedro.hooks.faults import explain_fault
from gpu_kedro.tracking.ui import show_runs

#: Set, it does for any command of Kedro what `--verbose` does for `kedro run`.
_VERBOSE = "GPU_KEDRO_VERBOSE"


def _set_verbose(_ctx: click.Context, _option: click.Parameter, is_verbose: bool) -> None:
    if is_verbose:
        os.environ[_VERBOSE] = "1"
        for name in ("kedro.pipeline.node", "kedro.runner"):
            logging.getLogger(name).setLevel(logging.NOTSET)


def _show(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Print a known fault as click prints its own, anything else with its traceback."""
    line = None if os.environ.get(_VERBOSE) else explain_fault(error)
    if line is None:
        _show_traceback(kind, error, traceback)
    else:
        click.echo(f"Error: {line}", err=True)


def _show_runs(env: str, port: str | None, host: str | None) -> None:
    with KedroSession.create(Path.cwd(), env=env) as session:
        mlflow = session.load_context().mlflow  # type: ignore[attr-defined]
    store = mlflow.server.mlflow_tracking_uri
    if store.startswith("http"):
        webbrowser.open(store)
    else:
        sys.exit(show_runs(store, host or mlflow.ui.host, port or mlflow.ui.port))


_show_traceback = sys.excepthook
sys.excepthook = _show
run = click.Command(
    "run",
    context_settings=CONTEXT_SETTINGS,
    callback=kedro_run.callback,
    help=kedro_run.help,
    params=[
        *kedro_run.params,
        click.Option(
            ["--verbose"],
            is_flag=True,
            expose_value=False,
            callback=_set_verbose,
            help="Show the traceback of an error, and from where a run that failed can go on.",
        ),
    ],
)
_ui = kedro_mlflow.ui
mlflow = click.Group(
    "mlflow",
    {
        "init": kedro_mlflow.init,
        "modelify": kedro_mlflow.modelify,
        "ui": click.Command("ui", params=_ui.params, help=_ui.help, callback=_show_runs),
    },
    help=kedro_mlflow.mlflow_commands.help,
)
cli = click.Group("gpu_kedro", {"run": run, "mlflow": mlflow})
