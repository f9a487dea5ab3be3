"""Wiring of `benchmark`: one template, a namespace for each target."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS
from gpu_kedro.pipelines.benchmark.nodes import (
    ask_about_target,
    calibrate_studies,
    collect_benchmark,
    compare_target,
    measure_studies,
    predict_others,
    predict_studies,
)
from gpu_kedro.reports.benchmark_figures import draw_comparison

_SPLITS = ["params:splits", "params:study"]


def _create_template() -> Pipeline:
    return Pipeline(
        [
            node(
                predict_studies,
                ["model_input", "params:target", "params:model", "params:embedding", *_SPLITS, "params:jobs"],
                "unseen",
                name="predict_studies",
            ),
            node(
                calibrate_studies,
                ["unseen", "model_input", "params:target", "params:intervals", *_SPLITS],
                "predictions",
                name="calibrate",
            ),
            node(
                measure_studies,
                ["predictions", "model_input", "params:target", "params:level", *_SPLITS],
                "ours",
                name="measure",
            ),
            node(
                predict_others,
                [
                    "model_input",
                    "primary_gpus",
                    "params:target",
                    "params:level",
                    "params:model",
                    "params:embedding",
                    *_SPLITS,
                    "params:jobs",
                ],
                "baselines",
                name="predict_baselines",
            ),
            node(
                ask_about_target,
                [
                    "model_input",
                    "primary_gpus",
                    "params:target",
                    "params:level",
                    "params:model",
                    "params:embedding",
                    *_SPLITS,
                    "params:autogluon",
                ],
                "autogluon",
                name="ask_autogluon",
            ),
            node(
                compare_target,
                ["ours", "predictions", "baselines", "autogluon", "params:target", "params:level"],
                "comparison",
                name="compare",
            ),
        ],
        tags="benchmark",
    )


def _create_target(target: str) -> Pipeline:
    own = f"regression.{target}" if target in REGRESSION_TARGETS else "classification"
    return pipeline(
        _create_template(),
        namespace=f"benchmark.{target}",
        inputs={"model_input", "primary_gpus"},
        parameters={
            "params:autogluon": "params:benchmark.autogluon",
            "params:embedding": "params:embedding",
            "params:intervals": "params:intervals",
            "params:jobs": "params:jobs",
            "params:model": f"params:{own}.model",
            "params:splits": "params:splits",
            "params:study": "params:benchmark.study",
        },
    )


def create_pipeline() -> Pipeline:
    """Features and folds in; the comparison over several seeds, as a table of figures and a plot, out."""
    collected = Pipeline(
        [
            node(
                collect_benchmark,
                [
                    "params:benchmark.study",
                    "params:benchmark.autogluon",
                    *(f"benchmark.{target}.comparison" for target in TARGETS),
                ],
                "benchmark",
                name="collect_benchmark",
            ),
            node(draw_comparison, "benchmark", "comparison_figure", name="draw_comparison"),
        ],
        tags="benchmark",
    )
    return Pipeline([*(_create_target(target) for target in TARGETS), collected])
