"""Nodes of `inference`. None of them needs pandas, so that one request costs about a millisecond."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from gpu_kedro.contracts.assembling import Estimates, Identity, Query
from gpu_kedro.contracts.rows import find_header_fault, is_asked, read_rows, set_beside
from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.domain.identify import GpuRow, assemble_row, read_gpu
from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.modelling.bundle.ladder import gather_known
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.targets import TARGETS

_LOGGER = logging.getLogger(__name__)

_VENDORS = {"nvidia": "nvidia", "amd": "amd", "ati": "amd", "intel": "intel", "matrox": "matrox"}


def bind_bundle(bundle: Bundle) -> ServedBundle:
    """Load every model of a bundle, ready to answer."""
    return ServedBundle(bundle)


def identify_queries(queries: Sequence[Query], served: ServedBundle) -> tuple[list[GpuRow], list[Identity]]:
    """Parse and join each query: rows for the features, and what the names were taken for.

    Args:
        queries: as `gpu_kedro.contracts.v1.GpuQuery` has them; None or absent where not known.
        served: the bound bundle.
    """
    rows: list[GpuRow] = []
    identities: list[Identity] = []
    for query in queries:
        name = query.get("name") or ""
        reading = read_gpu(name, served.index)
        specs: Mapping[str, Any] = query.get("specs") or {}
        estimated: tuple[str, ...] = ()
        if specs and reading.match.spec_name is None:
            specs, estimated = served.sheets.complete(specs)
        row = assemble_row(name, reading, query, specs)
        if specs.get("is_mobile") is not None:
            row["is_mobile"] = specs["is_mobile"]
        if row["vendor"] is None and specs.get("manufacturer"):
            row["vendor"] = _VENDORS.get(specs["manufacturer"].lower())
        rows.append(row)
        measured = served.known.find(reading) if name else None
        known = gather_known(query, row, reading.match, measured, reading.refusal)
        identities.append(Identity(reading, known, estimated))
    return rows, identities


def estimate_targets(gpu_rows: Sequence[GpuRow], feature_table: FeatureTable, served: ServedBundle) -> Estimates:
    """Estimate every target of every row."""
    vectors = served.embedding.transform(feature_table.texts)
    return {name: served.estimate(target, gpu_rows, feature_table, vectors) for name, target in TARGETS.items()}


def read_queries(query_table: Mapping[str, Sequence[Any]]) -> tuple[list[Query], list[str | None]]:
    """Rows of a table as queries: `name` or `spec_<field>`, and any other field of a query.

    Args:
        query_table: column → cells, missing as None or NaN; other columns are left alone.

    Returns:
        The queries that can be answered, and for each row why it cannot be, None where it can.

    Raises:
        ValueError: the header cannot be scored, or there are no rows.
    """
    if fault := find_header_fault(list(query_table)):
        raise ValueError(f"the table {fault}; its columns are {', '.join(map(str, query_table)) or 'none'}")
    asked = {name: cells for name, cells in query_table.items() if is_asked(name)}
    queries, errors = read_rows(dict(zip(asked, row, strict=True)) for row in zip(*asked.values(), strict=True))
    if not errors:
        raise ValueError("the table has no rows")
    if faulty := sum(error is not None for error in errors):
        _LOGGER.warning("%d of %d rows cannot be scored: the column `error` says why", faulty, len(errors))
    return [*queries], errors


def write_answers(
    query_table: Mapping[str, Sequence[Any]],
    prediction_columns: Mapping[str, Sequence[Any]],
    query_errors: Sequence[str | None],
) -> dict[str, Sequence[Any]]:
    """The table of queries as it came, with the columns of answers and of errors behind its own."""
    return {**query_table, **set_beside(prediction_columns, query_errors)}
