"""Runs of a batch for tests."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder
from gpu_kedro.pipelines.batch_inference.nodes import plan_batch, score_batch_partitions
from gpu_kedro.pipelines.batch_inference.options import BatchOptions

HERE = BatchOptions(executor="processes", rows_per_group=1000, scheduler="", workers=1)


def run_batch(
    source: ParquetFolder, target: ParquetFolder, bundle: Bundle, options: BatchOptions = HERE
) -> dict[str, Any]:
    """Plan and score, as the pipeline does."""
    return score_batch_partitions(plan_batch(source, target, bundle, options), bundle, options)


def read_folder(folder: ParquetFolder) -> dict[str, pa.Table]:
    """Every table by its name; a folder without files has none."""
    root = Path(folder.url)
    return {path.relative_to(root).as_posix(): pq.ParquetFile(path).read() for path in root.rglob("*.parquet")}
