"""Wiring of `inference`."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.contracts.assembling import assemble_predictions, tabulate_predictions
from gpu_kedro.pipelines.features import FEATURE_PIPELINE
from gpu_kedro.pipelines.inference.explaining import explain_predictions
from gpu_kedro.pipelines.inference.market import collect_cards, price_columns, price_predictions
from gpu_kedro.pipelines.inference.nodes import (
    bind_bundle,
    estimate_targets,
    identify_queries,
    read_queries,
    write_answers,
)

_ANSWER_INPUTS = ["queries", "gpu_rows", "feature_table", "identities", "estimates", "served"]
#: What a request runs: `queries` and the bound bundle `served` in; `predictions`, the same as `explained_predictions`,
#: or `prediction_columns` out; with a `market`, `market_predictions` or `market_columns`; `market_cards` for a market.
ANSWER_PIPELINE = Pipeline(
    [
        node(identify_queries, ["queries", "served"], ["gpu_rows", "identities"], name="identify_queries"),
        FEATURE_PIPELINE,
        node(estimate_targets, ["gpu_rows", "feature_table", "served"], "estimates", name="estimate_targets"),
        node(assemble_predictions, _ANSWER_INPUTS, "predictions", name="assemble_predictions"),
        node(
            explain_predictions,
            ["predictions", "gpu_rows", "feature_table", "served"],
            "explained_predictions",
            name="explain_predictions",
        ),
        node(tabulate_predictions, _ANSWER_INPUTS, "prediction_columns", name="tabulate_predictions"),
        node(price_predictions, ["predictions", "gpu_rows", "market"], "market_predictions", name="price_predictions"),
        node(price_columns, ["prediction_columns", "gpu_rows", "market"], "market_columns", name="price_columns"),
        node(collect_cards, ["prediction_columns", "gpu_rows"], "market_cards", name="collect_cards"),
    ],
    tags="inference",
)


def create_pipeline() -> Pipeline:
    """Score a file of queries with the current bundle."""
    around = Pipeline(
        [
            node(bind_bundle, "bundle", "served", name="bind_bundle"),
            node(read_queries, ["query_table", "served"], ["queries", "query_rows"], name="read_queries"),
            node(write_answers, ["query_rows", "prediction_columns"], "scored_queries", name="write_answers"),
        ],
        tags="inference",
    )
    return pipeline(
        Pipeline([around, ANSWER_PIPELINE.to_outputs("prediction_columns")]),
        namespace="inference",
        inputs={"bundle", "query_table"},
        outputs={"scored_queries"},
    )
