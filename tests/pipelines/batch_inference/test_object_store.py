"""Folders by address: fsspec's in-memory store, which like S3 knows objects and no renaming."""

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import run_batch

from gpu_kedro.pipelines.batch_inference.errors import BatchError
from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder


@pytest.fixture
def store():
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.rm("/bucket", recursive=True)


def put(store, path, table):
    with store.open(path, "wb") as file:
        pq.write_table(table, file)


def test_objects_are_scored_and_not_scored_again(store, bundle):
    put(store, "/bucket/in/2020/a.parquet", pa.table({"name": ["RTX 3070", "RX 6600"]}))
    put(store, "/bucket/in/b.parquet", pa.table({"name": ["GTX 1080"]}))
    source, target = ParquetFolder("memory://bucket/in"), ParquetFolder("memory://bucket/out/")
    assert run_batch(source, target, bundle)["partitions_scored"] == 2
    assert run_batch(source, target, bundle)["partitions_scored"] == 0
    with store.open("/bucket/out/2020/a.parquet", "rb") as file:
        assert pq.read_table(file).column("match_spec").to_pylist() == ["GeForce RTX 3070", "Radeon RX 6600"]
    put(store, "/bucket/in/b.parquet", pa.table({"name": ["GTX 1070"]}))
    assert run_batch(source, target, bundle)["partitions_scored"] == 1


def test_an_object_that_fails_leaves_none_behind(store, bundle):
    with store.open("/bucket/in/a.parquet", "wb") as file:
        file.write(b"no Parquet")
    with pytest.raises(BatchError, match=r"memory://bucket/in/a\.parquet: is not Parquet, or damaged"):
        run_batch(ParquetFolder("memory://bucket/in"), ParquetFolder("memory://bucket/out"), bundle)
    assert store.find("/bucket/out") == []


def test_from_an_object_store_to_this_machine(store, bundle, tmp_path):
    put(store, "/bucket/in/a.parquet", pa.table({"name": ["RTX 3070"]}))
    run_batch(ParquetFolder("memory://bucket/in"), ParquetFolder(str(tmp_path / "out")), bundle)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.parquet"]
