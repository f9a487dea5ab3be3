"""Settings of a batch, read from `conf/*/parameters_batch_inference.yml`."""

import os
from typing import Literal

from pydantic import Field

from gpu_kedro.modelling.options import Options


class BatchOptions(Options):
    """How the partitions of a batch are worked off."""

    executor: Literal["processes", "dask"]
    rows_per_group: int = Field(ge=1000, le=10_000_000, description="rows of one row group of the results")
    scheduler: str = Field(description="address of a Dask scheduler; empty starts a cluster on this machine")
    workers: int = Field(ge=0, le=1024, description="processes on this machine; 0 is one for each core")

    def count_workers(self) -> int:
        """Processes to start on this machine, one for each core that this process may use when left open."""
        if self.workers:
            return self.workers
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
