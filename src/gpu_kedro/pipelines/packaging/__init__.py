"""One bundle of everything that is served."""

from gpu_kedro.pipelines.packaging.pipeline import create_pipeline

__all__ = ["create_pipeline"]
