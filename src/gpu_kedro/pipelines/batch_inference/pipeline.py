"""Wiring of `batch_inference`."""

from kedro.pipeline import Pipeline, node

from gpu_kedro.pipelines.batch_inference.nodes import plan_batch, score_batch_partitions


def create_pipeline() -> Pipeline:
    """Score a folder of Parquet files with the current bundle; what is finished is not done again."""
    return Pipeline(
        [
            node(
                plan_batch,
                ["batch_queries", "batch_answers", "bundle", "params:batch"],
                "batch_plan",
                name="plan_batch",
            ),
            node(
                score_batch_partitions,
                ["batch_plan", "bundle", "params:batch"],
                "batch_report",
                name="score_partitions",
            ),
        ],
        tags="batch_inference",
    )
