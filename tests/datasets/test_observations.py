"""A folder of observations is one table; what cannot be read says so in one line."""

from pathlib import Path

import pytest
from kedro.io import DatasetError

from gpu_kedro.datasets.observations import ObservationFolderDataset


def test_all_files_of_the_folder_are_read_and_no_others(tmp_path: Path):
    (tmp_path / "b.csv").write_text("name,price,date\nRTX 3060,$210,2026-03-06\nRTX 3070,soon,2026\n")
    (tmp_path / "a 2026-02.tsv").write_text("name\tG3Dmark\nRTX 5070\t29000\n")
    (tmp_path / "README.md").write_text("name,price,date\nRTX 3060,1,2026\n")
    (tmp_path / "example").mkdir()
    (tmp_path / "example" / "c.csv").write_text("name,price,date\nRTX 3060,1,2026\n")
    table = ObservationFolderDataset(filepath=tmp_path).load()
    assert table["file"].tolist() == ["a 2026-02.tsv", "b.csv", "b.csv"]
    assert table["date"].tolist()[:2] == ["2026-02", "2026-03-06"]
    assert table["price_usd"].tolist()[1] == 210.0
    assert table["reason"].tolist()[2].startswith("price_usd: not a number")


@pytest.mark.parametrize("name", ["none", "empty"])
def test_no_folder_and_an_empty_one_are_no_observations(tmp_path: Path, name: str):
    (tmp_path / "empty").mkdir()
    assert len(ObservationFolderDataset(filepath=tmp_path / name).load()) == 0


def test_a_file_without_names_is_refused_by_its_path(tmp_path: Path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(DatasetError, match=r"a\.csv has neither a column"):
        ObservationFolderDataset(filepath=tmp_path).load()


def test_observations_are_never_written(tmp_path: Path):
    with pytest.raises(DatasetError, match="read-only"):
        ObservationFolderDataset(filepath=tmp_path).save({})
