"""Nodes of `data_processing`."""

from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from gpu_kedro.domain.errors import NotLearnableError
from gpu_kedro.domain.identify import KNOWN_FIELDS, NUMERIC_ROW_FIELDS, GpuRow, identify_gpu, read_gpu
from gpu_kedro.domain.observations.joining import DATE_COLUMNS, join_observations
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.domain.table.cleaning import clean_gpus
from gpu_kedro.domain.table.ledger import LedgerSummary, summarise_ledger
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.modelling.bundle.measured_gpus import KnownGpus

_PART_ROWS = 50_000


def clean_table(raw_gpus: pd.DataFrame, options: CleaningOptions) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Apply the cleaning rules; gives the clean table and its ledger."""
    cleaned = clean_gpus(raw_gpus, options)
    return cleaned.gpus, cleaned.ledger


def close_ledger(raw_gpus: pd.DataFrame, clean_gpus: pd.DataFrame, ledger: pd.DataFrame) -> LedgerSummary:
    """Count the rules that fired and check that rows in = rows kept + rows rejected.

    Raises:
        NotLearnableError: no row is left.
    """
    if clean_gpus.empty:
        rules = ", ".join(f"{name} ({count})" for name, count in ledger["rule"].value_counts().items())
        raise NotLearnableError(f"the table: none of its {len(raw_gpus)} rows can be used ({rules}); give rows of GPUs")
    return summarise_ledger(ledger, rows_in=len(raw_gpus), rows_kept=len(clean_gpus))


def add_observations(
    clean_gpus: pd.DataFrame, observations: pd.DataFrame, gpu_specs: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let newer marks and powers count; gives the table with them, and the ledger of observations."""
    index = SpecIndex.from_rows(plain_rows(gpu_specs)) if len(observations) else SpecIndex.from_rows(())
    known = KnownGpus(plain_rows(clean_gpus) if len(observations) else (), index)
    year = int(clean_gpus["test_year"].max()) if clean_gpus["test_year"].notna().any() else 0
    joined = join_observations(clean_gpus, observations, lambda name: read_gpu(name, index), known.find, year)
    return joined.gpus, joined.ledger


def join_specs(measured_gpus: pd.DataFrame, gpu_specs: pd.DataFrame) -> pd.DataFrame:
    """Parse every name and match it to a specification: one row a GPU, `gpu_id` and `segment` in front."""
    index = SpecIndex.from_rows(plain_rows(gpu_specs))
    parts = [_identify_part(part, index) for part in _cut(measured_gpus)]
    return pd.concat(parts, ignore_index=True)


def _identify_part(measured_gpus: pd.DataFrame, index: SpecIndex) -> pd.DataFrame:
    rows = []
    for gpu in plain_rows(measured_gpus):
        known = {field: gpu[field] for field in KNOWN_FIELDS}
        dates = {column: gpu.get(column) for column in DATE_COLUMNS}
        row = identify_gpu(gpu["name"], index, known)
        rows.append({"gpu_id": gpu["gpu_id"], "segment": gpu["segments"], **row, **dates})
    primary = pd.DataFrame(rows)
    return primary.astype(dict.fromkeys(NUMERIC_ROW_FIELDS, "float64") | _text_columns(primary))


def _cut(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Parts of a table that is too large to stand in memory as plain rows."""
    return (table.iloc[start : start + _PART_ROWS] for start in range(0, max(len(table), 1), _PART_ROWS))


def plain_rows(table: pd.DataFrame) -> Iterator[GpuRow]:
    """Each row as a dictionary, None where missing."""
    names = table.columns.tolist()
    columns = [plain_values(table[name]) for name in names]
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))


def plain_values(column: pd.Series) -> list[Any]:
    """The values of a column, None where missing."""
    # by way of NumPy: pandas makes a text of Arrow's into one of Python's ten times slower
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    return values.tolist()


def _text_columns(primary: pd.DataFrame) -> dict[str, str]:
    flags = {"is_mobile", "is_max_q", "is_workstation", "is_strict"}
    return {column: "str" for column in primary.columns if column not in {*NUMERIC_ROW_FIELDS, *flags}}


def measure_join(primary_gpus: pd.DataFrame) -> dict[str, Any]:
    """Reach of the spec join: shares matched in any way and strictly, overall and where a figure is known."""
    strict, matched = primary_gpus["is_strict"].astype(bool), primary_gpus["match_kind"].ne("none")
    known = {
        "all": pd.Series(True, index=primary_gpus.index),
        "with_price": primary_gpus["price_usd"].notna(),
        "with_tdp": primary_gpus["tdp_w"].notna(),
        "with_segment": primary_gpus["segment"].notna(),
    }
    return {
        "kinds": {str(kind): int(rows) for kind, rows in primary_gpus["match_kind"].value_counts().items()},
        "reach": {
            name: {"rows": int(mask.sum()), "any": float(matched[mask].mean()), "strict": float(strict[mask].mean())}
            for name, mask in known.items()
        },
    }


class GpuRows(Collection[GpuRow]):
    """A table as plain rows, as features are computed from them (None where missing); each is made when it is read."""

    def __init__(self, primary_gpus: pd.DataFrame) -> None:
        self._table = primary_gpus

    def __len__(self) -> int:
        """Count the GPUs."""
        return len(self._table)

    def __iter__(self) -> Iterator[GpuRow]:
        """Make the rows in order."""
        return (row for part in _cut(self._table) for row in plain_rows(part))

    def __contains__(self, row: object) -> bool:
        """Look for a row."""
        return any(row == own for own in self)


def list_gpus(primary_gpus: pd.DataFrame) -> tuple[GpuRows, pd.Series]:
    """The table as plain rows, and the `gpu_id` of each."""
    return GpuRows(primary_gpus), primary_gpus["gpu_id"]
