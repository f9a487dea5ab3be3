"""A folder of Parquet files in the catalog."""

from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder


class ParquetFolderDataset(AbstractDataset[NoReturn, ParquetFolder]):
    """Gives the folder itself: its files may be more than memory holds.

    ```yaml
    batch_queries:
      type: gpu_kedro.datasets.parquet_folder.ParquetFolderDataset
      filepath: s3://bucket/queries
    ```

    Args:
        filepath: a folder of the project or an absolute one, or an address that fsspec knows.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = filepath
        self.metadata = metadata

    def load(self) -> ParquetFolder:
        """The folder, whether or not it exists yet."""
        return ParquetFolder(str(self._filepath))

    def save(self, data: NoReturn) -> NoReturn:  # noqa: ARG002
        """Refuse: files are written one by one by those who score them."""
        raise DatasetError(f"{self._filepath}: files are written to this folder one by one, not as a whole")

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
