"""A search for a better recipe inside each outer fold, scored once on that fold."""

from gpu_kedro.pipelines.tuning.pipeline import create_pipeline

__all__ = ["create_pipeline"]
