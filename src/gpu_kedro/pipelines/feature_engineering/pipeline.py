"""Wiring of `feature_engineering`."""

from functools import partial

from kedro.pipeline import Pipeline
from kedro.pipeline import node as make_node

from gpu_kedro.pipelines.data_processing.nodes import list_gpus
from gpu_kedro.pipelines.feature_engineering.nodes import (
    assemble_model_input,
    describe_features,
    fit_name_embedding,
    tabulate_features,
)
from gpu_kedro.pipelines.features import FEATURE_PIPELINE

_NAME = "feature_engineering"
node = partial(make_node, namespace=_NAME)


def create_pipeline() -> Pipeline:
    """Primary table in; features, their dictionary, the model input and the name embedding out."""
    around = Pipeline(
        [
            node(list_gpus, "primary_gpus", ["gpu_rows", "gpu_ids"], name="list_gpus"),
            node(tabulate_features, ["gpu_ids", "feature_table"], "gpu_features", name="tabulate_features"),
            node(describe_features, "gpu_features", "feature_dictionary", name="describe_features"),
            node(
                assemble_model_input,
                ["primary_gpus", "gpu_features", "params:splits"],
                "model_input",
                name="assemble_model_input",
            ),
            node(
                fit_name_embedding,
                ["gpu_features", "params:embedding", "params:splits"],
                "name_embedding",
                name="fit_name_embedding",
            ),
        ]
    )
    features = Pipeline(FEATURE_PIPELINE, namespace=_NAME, inputs={"gpu_rows"}, outputs={"feature_table"})
    return Pipeline([features, around], tags=_NAME)
