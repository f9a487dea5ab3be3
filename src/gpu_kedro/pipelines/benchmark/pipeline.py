"""Wiring of `benchmark`: one template, a namespace for each target."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS
from gpu_kedro.pipelines.benchmark.nodes import (
    arrange_studies,
    ask_about_target,
    calibrate_studies,
    collect_benchmark,
    compare_target,
    describe_task,
    measure_studies,
    predict_others,
    predict_studies,
)
from gpu_kedro.reports.figures.benchmark import draw_comparison


def _create_template() -> Pipeline:
    target, level, model, embedding = "params:target", "params:level", "params:model", "params:embedding"
    study, intervals, jobs = "params:study", "params:intervals", "params:jobs"
    asked = ["studies", "primary_gpus", "task"]
    parts = ["ours", "predictions", "baselines", "autogluon"]
    return Pipeline(
        [
            node(arrange_studies, ["model_input", target, "params:splits", study], "studies", name="arrange_studies"),
            node(describe_task, [target, level, model, embedding], "task", name="describe_task"),
            node(predict_studies, ["studies", target, model, embedding, jobs], "unseen", name="predict_studies"),
            node(calibrate_studies, ["unseen", "studies", target, intervals], "predictions", name="calibrate"),
            node(measure_studies, ["predictions", "studies", target, level], "ours", name="measure"),
            node(predict_others, [*asked, study, jobs], "baselines", name="predict_baselines"),
            node(ask_about_target, [*asked, "params:autogluon"], "autogluon", name="ask_autogluon"),
            node(compare_target, [*parts, target, level], "comparison", name="compare"),
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
            **{f"params:{name}": f"params:{name}" for name in ("embedding", "intervals", "jobs", "splits")},
            **{f"params:{name}": f"params:benchmark.{name}" for name in ("autogluon", "study")},
            "params:model": f"params:{own}.model",
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
