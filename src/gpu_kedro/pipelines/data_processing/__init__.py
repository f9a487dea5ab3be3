"""From the raw table to one row a GPU with parsed name, matched specification and known figures."""

from gpu_kedro.pipelines.data_processing.pipeline import create_pipeline

__all__ = ["create_pipeline"]
