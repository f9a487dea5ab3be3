"""Performance, price and power: one template, three namespaces."""

from gpu_kedro.pipelines.regression.pipeline import create_pipeline

__all__ = ["create_pipeline"]
