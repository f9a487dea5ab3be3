"""Small batches of queries, and the bundle that answers them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workspace import Workspace

from gpu_kedro.datasets.bundles import BundleStoreDataset
from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder

NAMES = ["GeForce RTX 3070", "Radeon RX 6600", "GTX 1060 6GB", "Intel UHD Graphics 630", "zxcv", "Quadro P2000"]


@pytest.fixture(scope="session")
def bundle(trained: Workspace) -> Bundle:
    return BundleStoreDataset(str(trained.bundles)).load()


@pytest.fixture
def queries(tmp_path: Path) -> ParquetFolder:
    """Eight partitions of 60 rows in two folders, every row with figures of its own."""
    for part in range(8):
        path = tmp_path / "queries" / f"year={2020 + part % 2}" / f"part-{part}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = range(60)
        pq.write_table(
            pa.table(
                {
                    "name": [NAMES[(row + part) % len(NAMES)] for row in rows],
                    "tdp_w": [40.0 + 3 * row + part if row % 2 else None for row in rows],
                    "shelf": pa.array([f"{part}-{row}" for row in rows], pa.dictionary(pa.int8(), pa.string())),
                }
            ),
            path,
        )
    return ParquetFolder(str(tmp_path / "queries"))


@pytest.fixture
def answers(tmp_path: Path) -> ParquetFolder:
    return ParquetFolder(str(tmp_path / "answers"))
