"""Holds a recorded run until it is sent; knows whether the server was there when the run began."""

import math

from rich.console import Console

from gpu_kedro.tracking.bounded import Budget, GivenUpError, call_within
from gpu_kedro.tracking.errors import NotSentError, TrackingError, explain_failure, hide_secrets
from gpu_kedro.tracking.options import TrackingOptions
from gpu_kedro.tracking.server.probe import bound_requests, probe_server

_LATER = "send it later with `gpu-kedro tracking sync`"


class Outbox:
    """The way of one run at a time from the local store to the server; says on the console how it goes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._options: TrackingOptions | None = None
        self._run: tuple[str, str] | None = None
        self._lost = ""
        self._is_required = False

    def open(self, options: TrackingOptions) -> None:
        """Look whether the server is there before a run starts.

        Raises:
            TrackingError: the credentials are wrong, or the server is required and not there.
        """
        self._options, self._run, self._lost = None, None, ""
        self._is_required = options.is_required
        if not options.remote:
            return
        place = hide_secrets(options.remote)
        probe = probe_server(options.remote, options.probe_seconds)
        if probe.state == "refuses_credentials":
            raise TrackingError(
                f"{place} {probe.detail}: check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; nothing was run"
            )
        if probe.state == "unreachable":
            if options.is_required:
                raise TrackingError(
                    f"{place} {probe.detail}, and this environment needs it: check MLFLOW_TRACKING_URI; nothing was run"
                )
            self._warn(f"{place} {probe.detail}: the run is recorded here only; {_LATER}")
            return
        if probe.detail:
            self._warn(f"{place} {probe.detail}: check MLFLOW_TRACKING_URI; the run goes on and is sent at its end")
        self._options = options

    def do_without(self, why: str) -> None:
        """Let a run go on that cannot be recorded.

        Raises:
            TrackingError: where it is required that the server has it.
        """
        if self._is_required:
            raise TrackingError(f"no run can be recorded, and this environment needs it: {why}; nothing was run")
        self._warn(f"the run is not recorded: {why}")

    def lose(self, why: str) -> None:
        """Remember that a part of the run could not be recorded."""
        self._lost = self._lost or why

    def put(self, store: str, run_id: str) -> None:
        """Take a run that is recorded in the store at this address."""
        self._run = (store, run_id)

    def send(self) -> None:
        """Send the run and its children; nothing to do without a server.

        Raises:
            NotSentError: the store or the server did not take all of it; says what is safe where, and what to do.
        """
        options, run, lost = self._options, self._run, self._lost
        self._options, self._run, self._lost = None, None, ""
        if lost:
            raise NotSentError(f"the run is complete, and its models are safe here, but its record is not: {lost}")
        if options is None or run is None:
            return
        place = hide_secrets(options.remote)
        probe = probe_server(options.remote, options.probe_seconds)
        if probe.state != "alive":
            raise _not_sent(place, probe.detail)
        budget = Budget(options.send_seconds)
        # sending needs much of MLflow, a run without a server does not
        from gpu_kedro.tracking.server.sync import send_run_family

        bound_requests(math.ceil(options.send_seconds))
        try:
            with self.console.status(f"Sending the run to {place} ..."):
                sent = call_within(budget, lambda: send_run_family(*run, options, budget))
        except Exception as err:  # noqa: BLE001  # whatever goes wrong, the run is safe
            raise _not_sent(place, explain_failure(err)) from (None if isinstance(err, GivenUpError) else err)
        self.console.print(f"recorded: {place} ({sent})", highlight=False, markup=False, soft_wrap=True)

    def _warn(self, text: str) -> None:
        self.console.print(f"Warning: {text}", style="yellow", highlight=False, markup=False, soft_wrap=True)


def _not_sent(place: str, why: str) -> NotSentError:
    return NotSentError(
        f"the run is complete, and its models and metrics are safe here, but it was not (wholly) sent to {place}: "
        f"{why}; {_LATER}"
    )
