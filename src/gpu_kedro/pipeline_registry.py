"""The pipelines of the project, by the name that `kedro run --pipeline` takes."""

from kedro.pipeline import Pipeline

from gpu_kedro.pipelines import (
    batch_inference,
    benchmark,
    classification,
    data_processing,
    feature_engineering,
    inference,
    market,
    monitoring,
    packaging,
    regression,
    reporting,
    tuning,
)


def register_pipelines() -> dict[str, Pipeline]:
    """Each pipeline that trains brings what it needs, so that it works from a clean checkout.

    `packaging` needs every trained target. `reporting` reports what was trained before, and says what was not.
    `benchmark` and `tuning` take long, are not part of the default, and write the report anew.
    """
    data = data_processing.create_pipeline()
    features = data + feature_engineering.create_pipeline()
    segments = features + classification.create_pipeline()
    figures = features + regression.create_pipeline()
    bundle = packaging.create_pipeline()
    report = features + reporting.create_pipeline()
    return {
        "__default__": segments + figures + bundle + report,
        "data_processing": data,
        "feature_engineering": features,
        "classification": segments,
        "regression": figures,
        "packaging": bundle,
        "inference": inference.create_pipeline(),
        "batch_inference": batch_inference.create_pipeline(),
        "market": market.create_pipeline(),
        "market_backtest": market.create_backtest(),
        "monitoring": monitoring.create_pipeline(),
        "reporting": report,
        "benchmark": report + benchmark.create_pipeline(),
        "tuning": report + tuning.create_pipeline(),
    }
