"""Wiring of `reporting`."""

from kedro.pipeline import Pipeline


def create_pipeline() -> Pipeline:
    """Results in; table of metrics, figures and cards out."""
    return Pipeline([])
