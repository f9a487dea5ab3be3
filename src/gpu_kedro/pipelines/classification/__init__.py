"""Market segments with calibrated probabilities."""

from gpu_kedro.pipelines.classification.pipeline import create_pipeline

__all__ = ["create_pipeline"]
