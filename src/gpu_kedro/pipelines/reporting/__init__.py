"""Figures, cards and the table of results."""

from gpu_kedro.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
