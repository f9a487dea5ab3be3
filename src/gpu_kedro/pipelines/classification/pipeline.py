"""Wiring of `classification`."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.pipelines.classification.nodes import (
    count_filled,
    evaluate_segments,
    fill_unknown_segments,
    fit_segments,
    package_segments,
    pool_members,
    predict_unseen_segments,
)
from gpu_kedro.reports.figures.models import draw_confusion, draw_reliability


def create_pipeline() -> Pipeline:
    """Split → train → pool → evaluate → fill the unknown segments → draw → package."""
    nodes = Pipeline(
        [
            node(
                predict_unseen_segments,
                ["model_input", "params:model", "params:embedding", "params:splits", "params:jobs"],
                "unseen",
                name="predict_unseen",
            ),
            node(pool_members, "unseen", ["predictions", "pool_weights"], name="pool"),
            node(evaluate_segments, ["predictions", "model_input"], "results", name="evaluate"),
            node(
                fit_segments,
                ["model_input", "name_embedding", "params:model", "params:splits", "params:jobs"],
                "experts",
                name="fit",
            ),
            node(
                fill_unknown_segments,
                ["model_input", "name_embedding", "experts", "pool_weights", "params:abstention"],
                "segment_estimates",
                name="fill_unknown",
            ),
            node(count_filled, "segment_estimates", "fill", name="count_filled"),
            node(draw_confusion, "predictions", "confusion_figure", name="draw_confusion"),
            node(draw_reliability, "predictions", "reliability_figure", name="draw_reliability"),
            node(package_segments, ["experts", "pool_weights", "results"], "model_part", name="package"),
        ],
        tags="classification",
    )
    return pipeline(
        nodes,
        namespace="classification",
        inputs={"model_input", "name_embedding"},
        outputs={
            "confusion_figure": "segment_confusion_figure",
            "fill": "segment_fill",
            "model_part": "segment_model_part",
            "reliability_figure": "segment_reliability_figure",
            "results": "segment_results",
        },
        parameters={"params:embedding", "params:jobs", "params:splits"},
    )
