"""A file of a dataset is replaced whole or stays as it was, whichever runner saves it."""

import json
import os
import time
from pathlib import Path

import pytest
from kedro.framework.startup import bootstrap_project
from kedro.io import DatasetError
from workspace import PROJECT

from gpu_kedro.configuration import open_configuration
from gpu_kedro.datasets.atomic import AtomicSave, JSONDataset

#: They write a file, or a folder, whole by themselves.
OWN = {"BetweenNodesDataset", "BundleDataset", "BundleStoreDataset", "QueryTableDataset"}
READ_ONLY = {
    *("DbgpuSpecsDataset", "ObservationFolderDataset", "ParquetFolderDataset", "PciIdsDataset"),
    *("PredictionLogDataset", "RawGpuTableDataset"),
}


def test_what_is_saved_has_its_name_and_leaves_nothing_beside(tmp_path: Path):
    dataset = JSONDataset(filepath=str(tmp_path / "deep" / "table.json"))
    for content in ({"a": 1}, {"a": 2}):
        dataset.save(content)
        assert dataset.load() == content
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["table.json"]
    assert json.loads((tmp_path / "deep" / "table.json").read_text()) == {"a": 2}


def test_a_save_that_fails_in_the_middle_leaves_the_old_file_and_names_it(tmp_path: Path):
    dataset = JSONDataset(filepath=str(tmp_path / "table.json"))
    dataset.save({"a": 1})
    with pytest.raises(DatasetError, match=r"table\.json'.*\n?.*not JSON serializable") as failed:
        dataset.save({"a": 2, "b": object()})
    assert ".part" not in str(failed.value)
    assert [path.name for path in tmp_path.iterdir()] == ["table.json"]
    assert json.loads((tmp_path / "table.json").read_text()) == {"a": 1}


def test_the_next_save_removes_what_a_kill_left_an_hour_ago(tmp_path: Path):
    (old, new) = (tmp_path / f".table.json.{process}.part" for process in (1, 2))
    for part in (old, new):
        part.write_text("{")
    os.utime(old, (time.time() - 4000,) * 2)
    JSONDataset(filepath=str(tmp_path / "table.json")).save({})
    assert {path.name for path in tmp_path.iterdir()} == {"table.json", new.name}


def test_every_dataset_of_the_catalog_that_saves_does_it_whole():
    from kedro.io.core import parse_dataset_definition

    bootstrap_project(PROJECT)
    kinds = {
        parse_dataset_definition({key: value for key, value in entry.items() if key != "validator"})[0]
        for entry in open_configuration("local")["catalog"].values()
    }
    assert len(kinds) > 10
    rest = {kind.__name__ for kind in kinds if not issubclass(kind, AtomicSave)}
    assert rest == OWN | READ_ONLY
