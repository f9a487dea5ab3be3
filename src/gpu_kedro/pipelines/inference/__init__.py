"""From queries to predictions; the API runs the same nodes with one request in memory."""

from gpu_kedro.pipelines.inference.pipeline import create_pipeline

__all__ = ["create_pipeline"]
