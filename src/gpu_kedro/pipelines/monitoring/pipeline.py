"""Wiring of `monitoring`."""

from kedro.pipeline import Pipeline, node

from gpu_kedro.pipelines.monitoring.nodes import (
    assemble_drift_report,
    compare_with_training,
    list_training_outputs,
    recompute_inputs,
    select_predictions,
)

_OPTIONS = "params:monitoring"


def create_pipeline() -> Pipeline:
    """The service's prediction log and the training data in, drift out."""
    return Pipeline(
        [
            node(select_predictions, ["prediction_log", _OPTIONS], "recent_predictions", name="select_predictions"),
            node(recompute_inputs, ["recent_predictions", "bundle"], "asked_inputs", name="recompute_inputs"),
            node(list_training_outputs, "bundle", "training_outputs", name="list_training_outputs"),
            node(
                compare_with_training,
                ["model_input", "training_outputs", "asked_inputs", "recent_predictions", _OPTIONS],
                "drift",
                name="compare_with_training",
            ),
            node(
                assemble_drift_report,
                ["drift", "model_input", "training_outputs", "asked_inputs", "recent_predictions", _OPTIONS],
                "drift_report",
                name="assemble_drift_report",
            ),
        ],
        tags="monitoring",
    )
