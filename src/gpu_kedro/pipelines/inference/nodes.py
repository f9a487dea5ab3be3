"""Nodes of `inference`. None of them needs pandas, so that one request costs about a millisecond."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from gpu_kedro.contracts.assembling import Estimates, Identity, Query
from gpu_kedro.contracts.rows import OpenedQueries, QueryFile, ScoredTable, open_queries, read_rows, set_beside
from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.domain.identify import GpuRow, assemble_row, read_gpu, recognise_names
from gpu_kedro.intake.source import OWN_FILE
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

    Queries are as `gpu_kedro.contracts.v1.GpuQuery` has them; None or absent where not known.
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


def read_queries(query_file: QueryFile, served: ServedBundle) -> tuple[list[Query], OpenedQueries]:
    """Rows of a table as queries (`gpu_kedro.contracts.rows`).

    Returns:
        The queries that can be answered, and the rows that they are of.

    Raises:
        TableFileError: the file cannot be read, has no column of GPUs, or no rows.
    """
    recognise = partial(recognise_names, index=served.index)
    table = open_queries(
        query_file.path, recognise, column=query_file.column, limits=OWN_FILE, file=str(query_file.path)
    )
    opened = OpenedQueries(table, [(chunk, read_rows(chunk)) for chunk in table.chunks()])
    errors = [error for _, rows in opened.chunks for error in rows.errors]
    if faulty := sum(error is not None for error in errors):
        _LOGGER.warning("%d of %d rows cannot be scored: the column `error` says why", faulty, len(errors))
    return [query for _, rows in opened.chunks for query in rows.queries], opened


def write_answers(query_rows: OpenedQueries, prediction_columns: Mapping[str, Sequence[Any]]) -> ScoredTable:
    """The rows as they came, each with its answer or its error."""
    scored = []
    start = 0
    for chunk, rows in query_rows.chunks:
        end = start + len(rows.queries)
        scored.append(set_beside({name: cells[start:end] for name, cells in prediction_columns.items()}, chunk, rows))
        start = end
    return ScoredTable(query_rows.table, scored)
