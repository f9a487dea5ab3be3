"""Scoring of many Parquet files, on the cores of one machine or on a Dask cluster.

A package of its own beside `api`: its work is done by the run time of `serving`, which `pipelines` may not import.
"""

from gpu_kedro.pipelines.batch_inference.pipeline import create_pipeline

__all__ = ["create_pipeline"]
