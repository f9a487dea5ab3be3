"""Wiring of `regression`: one template, a namespace for each target."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.modelling.evaluation.leakage import compare_leaky
from gpu_kedro.modelling.targets import REGRESSION_TARGETS
from gpu_kedro.pipelines.regression.nodes import (
    calibrate_intervals,
    evaluate_target,
    fit_target,
    package_target,
    predict_unseen_gpus,
)
from gpu_kedro.reports.figures.models import draw_coverage, draw_errors, draw_predicted

_SHARED_INPUTS = {"model_input", "primary_gpus", "name_embedding"}
#: What packaging and reporting read; they take the target's name in front.
_SHARED_OUTPUTS = ("coverage_figure", "error_figure", "leakage", "model_part", "predicted_figure", "results")
_SHARED_PARAMETERS = {"params:embedding", "params:intervals", "params:jobs", "params:leakage", "params:splits"}


def _create_template() -> Pipeline:
    fit, own = ["params:model", "params:splits", "params:jobs"], ["model_input", "params:target"]
    return Pipeline(
        [
            node(predict_unseen_gpus, [*own, "params:embedding", *fit], "unseen", name="predict_unseen"),
            node(
                calibrate_intervals,
                ["unseen", *own, "params:intervals", "params:splits"],
                ["predictions", "calibrations"],
                name="calibrate",
            ),
            node(evaluate_target, ["predictions", *own, "params:splits"], "results", name="evaluate"),
            node(draw_predicted, ["predictions", *own], "predicted_figure", name="draw_predicted"),
            node(draw_errors, ["predictions", *own], "error_figure", name="draw_errors"),
            node(draw_coverage, "results", "coverage_figure", name="draw_coverage"),
            node(
                compare_leaky,
                [*own, "primary_gpus", "params:leakage", "params:splits", "params:jobs"],
                "leakage",
                name="measure_leakage",
            ),
            node(fit_target, [*own, "name_embedding", *fit], "experts", name="fit"),
            node(package_target, ["experts", "calibrations", "results", "params:target"], "model_part", name="package"),
        ],
        tags="regression",
    )


def create_pipeline() -> Pipeline:
    """Split → train → calibrate → evaluate → draw → package, for each of performance, price and power."""
    return Pipeline(
        [
            pipeline(
                _create_template(),
                namespace=f"regression.{target}",
                inputs=_SHARED_INPUTS,
                outputs={name: f"{target}_{name}" for name in _SHARED_OUTPUTS},
                parameters=_SHARED_PARAMETERS,
            )
            for target in REGRESSION_TARGETS
        ]
    )
