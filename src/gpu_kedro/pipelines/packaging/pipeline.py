"""Wiring of `packaging`."""

from functools import partial

from kedro.pipeline import Pipeline
from kedro.pipeline import node as make_node

from gpu_kedro.modelling.targets import REGRESSION_TARGETS
from gpu_kedro.pipelines.market.nodes import add_better_market, judge_market, list_prices
from gpu_kedro.pipelines.packaging.nodes import assemble_bundle, complete_bundle, measure_input_importance

node = partial(make_node, namespace="packaging")


def create_pipeline() -> Pipeline:
    """The parts of every target in, the bundle that is served out."""
    return Pipeline(
        [
            node(
                assemble_bundle,
                [
                    "raw_gpus",
                    "primary_gpus",
                    "model_input",
                    "gpu_specs",
                    "device_names",
                    "name_embedding",
                    "segment_model_part",
                    *(f"{target}_model_part" for target in REGRESSION_TARGETS),
                ],
                "bundle_core",
                name="assemble_bundle",
            ),
            node(measure_input_importance, "bundle_core", "importance", name="measure_input_importance"),
            node(complete_bundle, ["bundle_core", "importance"], "trained_bundle", name="complete_bundle"),
            node(list_prices, "observations", "observed_prices", name="list_prices"),
            node(
                judge_market,
                ["trained_bundle", "observed_prices", "params:market"],
                "market_results",
                name="judge_market",
            ),
            node(
                add_better_market,
                ["trained_bundle", "observed_prices", "market_results"],
                "bundle",
                name="add_better_market",
            ),
        ],
        tags="packaging",
    )
