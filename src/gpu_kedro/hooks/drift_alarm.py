"""Ends a monitoring run with an exit code that a scheduler can act on."""

from collections.abc import Generator
from typing import Any

import click
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from gpu_kedro.tracking.errors import NotSentError

_DRIFT = "drift"
_NAMED = 5


class DriftError(click.ClickException):
    """What is asked or answered has moved too far from the training data."""

    exit_code = 4


class DriftHook:
    """Raises the alarm when everything about the run is recorded and sent; also when it could not be sent."""

    @hook_impl(wrapper=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> Generator[None, Any, Any]:
        """Let the other hooks finish, then look at what the run found.

        Raises:
            DriftError: something is above its threshold; names what.
        """
        try:
            outcome = yield
        except NotSentError as err:
            _raise_alarm(pipeline, catalog, f"; also, {err.message}")
            raise
        _raise_alarm(pipeline, catalog, "")
        return outcome


def _raise_alarm(pipeline: Pipeline, catalog: DataCatalog, also: str) -> None:
    alarms = catalog.load(_DRIFT)["alarms"] if _DRIFT in pipeline.all_outputs() else []
    if alarms:
        more = f" and {len(alarms) - _NAMED} more" if len(alarms) > _NAMED else ""
        report = getattr(catalog.get("drift_report"), "_filepath", "the report")
        raise DriftError(
            f"drift: {'; '.join(alarms[:_NAMED])}{more}; look at {report}, then train again on newer data "
            f"(`kedro run`){also}"
        )
