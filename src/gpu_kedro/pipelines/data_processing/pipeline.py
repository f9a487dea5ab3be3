"""Wiring of `data_processing`: validate → clean (with a ledger) → newer observations → parse names → join specs."""

from functools import partial

from kedro.pipeline import Pipeline
from kedro.pipeline import node as make_node

from gpu_kedro.pipelines.data_processing.nodes import (
    add_observations,
    clean_table,
    close_ledger,
    join_specs,
    measure_join,
)

#: A namespace of nodes alone: Kedro-Viz folds them into one box, and datasets keep their names.
node = partial(make_node, namespace="data_processing")


def create_pipeline() -> Pipeline:
    """Raw table, observations and specifications in, primary table, ledgers and reach of the join out."""
    return Pipeline(
        [
            node(clean_table, ["raw_gpus", "params:cleaning"], ["clean_gpus", "ledger"], name="clean_table"),
            node(close_ledger, ["raw_gpus", "clean_gpus", "ledger"], "ledger_summary", name="close_ledger"),
            node(
                add_observations,
                ["clean_gpus", "observations", "gpu_specs"],
                ["measured_gpus", "observation_ledger"],
                name="add_observations",
            ),
            node(join_specs, ["measured_gpus", "gpu_specs"], "primary_gpus", name="join_specs"),
            node(measure_join, "primary_gpus", "join_reach", name="measure_join"),
        ],
        tags="data_processing",
    )
