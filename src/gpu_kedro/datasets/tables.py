"""Tables and figures of merit in the catalog, with previews for Kedro-Viz."""

from typing import Any

import pandas as pd
from kedro_datasets._typing import TablePreview

from gpu_kedro.datasets.atomic import JSONDataset, ParquetDataset


class TableDataset(ParquetDataset):
    """A Parquet table whose first rows Kedro-Viz shows (kedro-datasets previews CSV only)."""

    def preview(self, nrows: int = 20) -> TablePreview | None:
        """First rows, as Kedro-Viz draws them; None for a table that no run has made yet."""
        if not self._exists():
            return None
        head = self.load().head(nrows)
        return TablePreview(head.to_dict(orient="split"))


class ResultsDataset(JSONDataset):
    """Results of a training that may not have run yet: loads as an empty dictionary until then.

    The report can so be made from a clean checkout; it says what is not trained yet.
    """

    def load(self) -> Any:
        """The results, or {} when there are none."""
        return super().load() if self._exists() else {}


class EvidenceDataset(TableDataset):
    """Predictions of a training that may not have run yet: loads as a table without rows and columns until then."""

    def load(self) -> Any:
        """The table, or an empty one."""
        return super().load() if self._exists() else pd.DataFrame()
