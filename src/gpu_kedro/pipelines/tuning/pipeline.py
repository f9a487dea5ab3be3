"""Wiring of `tuning`."""

from kedro.pipeline import Pipeline, node

from gpu_kedro.modelling.targets import REGRESSION_TARGETS
from gpu_kedro.pipelines.tuning.nodes import collect_tuning, tune_recipe


def create_pipeline() -> Pipeline:
    """The model input in; trials, what was chosen in each outer fold and how it scored there out."""
    return Pipeline(
        [
            *(
                node(
                    tune_recipe,
                    [
                        "model_input",
                        f"params:benchmark.{target}.target",
                        f"params:benchmark.{target}.level",
                        f"params:regression.{target}.model",
                        "params:embedding",
                        "params:tuning",
                        "params:splits",
                        "params:jobs",
                    ],
                    f"{target}_tuning",
                    name=f"tune_{target}",
                )
                for target in REGRESSION_TARGETS
            ),
            node(collect_tuning, [f"{target}_tuning" for target in REGRESSION_TARGETS], "tuning", name="collect"),
        ],
        tags="tuning",
    )
