"""What is asked and answered, against the training data."""

from gpu_kedro.pipelines.monitoring.pipeline import create_pipeline

__all__ = ["create_pipeline"]
