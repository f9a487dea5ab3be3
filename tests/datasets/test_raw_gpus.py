import json

import pytest
from kedro.io import DataCatalog, DatasetError

from gpu_kedro.domain.errors import RawDataError

TABLE = "gpuName,G3Dmark,G2Dmark,price,TDP,testDate,category\nRadeon VII,16000,900,,300,2019,Unknown\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "gpus.csv"
    path.write_text(TABLE, "utf-8")
    return path


def catalog(path, **more):
    entry = {"type": "gpu_kedro.datasets.raw_gpus.RawGpuTableDataset", "filepath": str(path), **more}
    return DataCatalog.from_config({"raw_gpus": entry})


def test_loads_the_table_through_the_catalog(file):
    rows = catalog(file, metadata={"kedro-viz": {"layer": "raw"}}).load("raw_gpus")
    assert rows["name"].tolist() == ["Radeon VII"]
    assert rows["source_row"].tolist() == [2]


def test_table_passes_its_schema_in_the_catalog(file):
    rows = catalog(file, validator="gpu_kedro.domain.table.schemas.RawGpus").load("raw_gpus")
    assert len(rows) == 1


def test_relative_path_is_taken_from_the_current_folder(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    assert len(catalog("gpus.csv").load("raw_gpus")) == 1


def test_error_is_the_one_line_that_says_what_to_do(file):
    file.write_text(TABLE.replace("price", "prices"), "utf-8")
    with pytest.raises(DatasetError) as caught:
        catalog(file).load("raw_gpus")
    assert str(caught.value) == (
        f"raw_gpus: {file}, column 'price', row 1: the column is missing; "
        "column 'prices' is there: did you mean 'price'? Rename it"
    )
    assert isinstance(caught.value.__cause__.__cause__, RawDataError)  # Kedro adds a layer that names the dataset


def test_saving_is_refused(file):
    datasets = catalog(file)
    rows = datasets.load("raw_gpus")
    with pytest.raises(DatasetError, match="raw data is read-only"):
        datasets.save("raw_gpus", rows)
    assert file.read_text("utf-8") == TABLE


def test_existence_is_that_of_the_file(file, tmp_path):
    assert catalog(file).exists("raw_gpus")
    assert not catalog(tmp_path / "nowhere.csv").exists("raw_gpus")
    assert not catalog(tmp_path).exists("raw_gpus")


def test_description_names_the_file(file):
    assert f"filepath='{file}'" in repr(catalog(file)["raw_gpus"])


def test_preview_is_json(file):
    preview = catalog(file)["raw_gpus"].preview()
    assert json.loads(json.dumps(preview, allow_nan=False))["data"] == [
        [2, "Radeon VII", "16000", "900", None, "300", "2019", "Unknown"]
    ]
