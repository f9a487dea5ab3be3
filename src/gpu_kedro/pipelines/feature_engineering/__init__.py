"""The features of every GPU, their folds, and the name embedding."""

from gpu_kedro.pipelines.feature_engineering.pipeline import create_pipeline

__all__ = ["create_pipeline"]
