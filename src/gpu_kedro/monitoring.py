"""Ends a monitoring run with an exit code that a scheduler can act on."""

import click
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

_DRIFT = "drift"
_NAMED = 5


class DriftError(click.ClickException):
    """What is asked or answered has moved too far from the training data."""

    exit_code = 4


class DriftHook:
    """Raises the alarm when everything about the run is recorded and sent."""

    @hook_impl(trylast=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Look at what the run found.

        Raises:
            DriftError: something is above its threshold; names what.
        """
        if _DRIFT not in pipeline.all_outputs():
            return
        alarms = catalog.load(_DRIFT)["alarms"]
        if alarms:
            more = f" and {len(alarms) - _NAMED} more" if len(alarms) > _NAMED else ""
            report = getattr(catalog.get("drift_report"), "_filepath", "the report")
            raise DriftError(
                f"drift: {'; '.join(alarms[:_NAMED])}{more}; look at {report}, then "
                "train again on newer data (`kedro run`)"
            )
