"""`gpu-kedro tracking`: sends recorded runs to a server. MLflow is imported when a command needs it."""

import sys
from collections import Counter

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gpu_kedro.resolvers import sqlite_path
from gpu_kedro.tracking.bounded import Budget
from gpu_kedro.tracking.errors import NotSentError, TrackingError, explain_failure, hide_secrets
from gpu_kedro.tracking.options import TrackingOptions, read_tracking_options
from gpu_kedro.tracking.server.probe import bound_requests, probe_server

#: Somebody waits for the command itself, so a slow server may take longer than one that holds up a run.
_PROBE_SECONDS = 20
_REQUEST_SECONDS = 60


@click.group()
def tracking() -> None:
    """Send recorded runs to a tracking server."""


@tracking.command("sync")
@click.option("--to", "remote", metavar="URI", help="address of the server; MLFLOW_TRACKING_URI when left out")
@click.option("--experiment", "experiments", multiple=True, help="name; the one of the environment when left out")
@click.option("--env", default="local", show_default=True, help="environment whose settings hold, as in kedro run")
def sync(remote: str | None, experiments: tuple[str, ...], env: str) -> None:
    """Send the recorded runs that the server lacks; repeat it as often as you like, each run is sent once."""
    from gpu_kedro.configuration import open_configuration

    config = open_configuration(env)
    options = read_tracking_options(config, remote)
    if not options.remote:
        raise TrackingError("no server to send to: set MLFLOW_TRACKING_URI, or give --to https://…")
    place = hide_secrets(options.remote)
    probe = probe_server(options.remote, _PROBE_SECONDS)
    if probe.state == "refuses_credentials":
        raise TrackingError(f"{place} {probe.detail}: check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD")
    if probe.state == "unreachable":
        raise NotSentError(f"{place} {probe.detail}: nothing was sent; try again later")
    bound_requests(_REQUEST_SECONDS)
    _send_all(
        str(config["mlflow"]["server"]["mlflow_tracking_uri"]),
        options,
        list(experiments) or [config["mlflow"]["tracking"]["experiment"]["name"]],
    )


def _send_all(store: str, options: TrackingOptions, experiments: list[str]) -> None:
    from mlflow.tracking import MlflowClient

    from gpu_kedro.tracking.server.sync import Sender, find_runs, one_at_a_time

    place = hide_secrets(options.remote)
    database = sqlite_path(store)
    if database is not None and not database.is_file():
        raise TrackingError(f"no run is recorded yet: there is no {database}; `kedro run` makes one")
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    counts = Counter[str]()
    source = MlflowClient(store)
    with one_at_a_time(store, Budget(float("inf"))):
        runs = find_runs(source, experiments)
        sender = Sender(source, MlflowClient(options.remote), options)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            bar = progress.add_task("runs", total=len(runs))
            for number, run in enumerate(runs):
                detail = progress.add_task(f"  {run.info.run_name}", total=None)
                try:
                    outcome = sender.send(
                        run,
                        lambda done, total, detail=detail: progress.update(  # type: ignore[misc]
                            detail, completed=done, total=total
                        ),
                    )
                except Exception as err:
                    progress.stop()
                    raise NotSentError(
                        f"{number} of {len(runs)} runs are at {place}, then run {run.info.run_id} failed: "
                        f"{explain_failure(err)}; `gpu-kedro tracking sync` goes on from there"
                    ) from err
                finally:
                    progress.remove_task(detail)
                counts[outcome] += 1
                progress.advance(bar)
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no runs are recorded here"
    click.echo(f"{place}: {said}", file=sys.stdout)
