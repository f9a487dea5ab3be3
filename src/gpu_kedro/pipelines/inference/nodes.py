"""Nodes of `inference`. None of them needs pandas, so that one request costs about a millisecond."""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from gpu_kedro.contracts.rows import find_header_fault, is_asked, read_rows, set_beside
from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.domain.identify import GpuRow, Reading, assemble_row, read_gpu
from gpu_kedro.modelling.bundle.caveats import find_warnings
from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.modelling.bundle.predictor import RegressionEstimates, SegmentEstimates, ServedBundle
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, SEGMENTS, TARGETS

_LOGGER = logging.getLogger(__name__)

Query = Mapping[str, Any]
Prediction = dict[str, Any]
Estimates = dict[str, RegressionEstimates | SegmentEstimates]
#: Prices were collected when the table was; nothing here follows the market since.
PRICE_NOTE = "observations of 2022, in US dollars of that year"
_VENDORS = {"nvidia": "nvidia", "amd": "amd", "ati": "amd", "intel": "intel", "matrox": "matrox"}
_PARSED = ("vendor", "series", "model", "suffix", "is_mobile")


class Identity(NamedTuple):
    """What a query's name was taken for, and which fields of a given sheet had to be estimated."""

    reading: Reading
    measured: Mapping[str, Any] | None
    estimated: tuple[str, ...]


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
        identities.append(Identity(reading, measured, estimated))
    return rows, identities


def estimate_targets(gpu_rows: Sequence[GpuRow], feature_table: FeatureTable, served: ServedBundle) -> Estimates:
    """Estimate every target of every row."""
    vectors = served.embedding.transform(feature_table.texts)
    return {name: served.estimate(target, gpu_rows, feature_table, vectors) for name, target in TARGETS.items()}


def assemble_predictions(
    queries: Sequence[Query],
    gpu_rows: Sequence[GpuRow],
    feature_table: FeatureTable,
    identities: Sequence[Identity],
    estimates: Estimates,
    served: ServedBundle,
) -> list[Prediction]:
    """Write each answer as the HTTP contract has it (`Prediction`)."""
    answers: list[Prediction] = []
    outside = served.training_range.outside(feature_table.values)
    for place, (query, row, identity) in enumerate(zip(queries, gpu_rows, identities, strict=True)):
        measured = identity.measured or {}
        reading, match = identity.reading, identity.reading.match
        answer: Prediction = {
            "name": query.get("name"),
            "model_version": served.version,
            "parsed": {**{field: row[field] for field in _PARSED}, "memory_gb": reading.parsed.memory_gb},
            "match": {
                "spec": match.spec_name,
                "kind": row["match_kind"],
                "confidence": row["match_confidence"],
                "did_you_mean": list(served.index.suggest(reading.plain, match)),
            },
            "segment": _describe_segment(estimates["segment"], place, measured.get("segment")),
        }
        for name in REGRESSION_TARGETS:
            answer[name] = _describe_figure(estimates[name], place, measured.get(name))
        answer["price_usd"]["note"] = PRICE_NOTE
        answer["warnings"] = find_warnings(
            query, row, feature_table.values[place], outside[place], match, identity.estimated, served
        )
        answers.append(answer)
    return answers


def _describe_segment(estimates: Any, place: int, measured: str | None) -> dict[str, Any]:
    labels = estimates.labels[place] if measured is None else measured.split(", ")
    probabilities = estimates.probabilities[place].tolist()
    return {
        "labels": list(labels),
        "predicted": list(estimates.labels[place]),
        "probabilities": dict(zip(SEGMENTS, probabilities, strict=True)),
        "source": "predicted" if measured is None else "measured",
    }


def _describe_figure(estimates: Any, place: int, measured: float | None) -> dict[str, Any]:
    predicted = float(estimates.predicted[place])
    return {
        "value": predicted if measured is None else measured,
        "predicted": predicted,
        **{_interval_key(cover): edges[place].tolist() for cover, edges in estimates.bounds.items()},
        "source": "predicted" if measured is None else "measured",
    }


@lru_cache(maxsize=16)
def _interval_key(coverage: float) -> str:
    return f"interval_{round(100 * coverage)}"


def tabulate_predictions(
    queries: Sequence[Query],
    gpu_rows: Sequence[GpuRow],
    feature_table: FeatureTable,
    identities: Sequence[Identity],
    estimates: Estimates,
    served: ServedBundle,
) -> dict[str, list[Any]]:
    """The same answers as flat columns, for batches and files.

    Columns: `name, model_version, match_spec, match_kind, match_confidence, segment, segment_source`, `p_<segment>`,
    for each target `<target>_value`, `<target>_predicted`, `<target>_low_80`, `…_high_80`, `…_low_90`, `…_high_90`,
    `<target>_source`, and `warnings` (codes, separated by spaces).
    """
    measured = [identity.measured or {} for identity in identities]
    segments: Any = estimates["segment"]
    known_segments = [known.get("segment") for known in measured]
    columns: dict[str, list[Any]] = {
        "name": [query.get("name") for query in queries],
        "model_version": [served.version] * len(queries),
        "match_spec": [identity.reading.match.spec_name for identity in identities],
        "match_kind": [row["match_kind"] for row in gpu_rows],
        "match_confidence": [row["match_confidence"] for row in gpu_rows],
        "segment": [known or ", ".join(labels) for known, labels in zip(known_segments, segments.labels, strict=True)],
        "segment_source": _sources(known_segments),
        **{f"p_{name.lower()}": segments.probabilities[:, position].tolist() for position, name in enumerate(SEGMENTS)},
    }
    for name in REGRESSION_TARGETS:
        figures: Any = estimates[name]
        known_figures = [known.get(name) for known in measured]
        predicted = figures.predicted.tolist()
        columns[f"{name}_value"] = [
            guess if known is None else known for known, guess in zip(known_figures, predicted, strict=True)
        ]
        columns[f"{name}_predicted"] = predicted
        for cover, edges in figures.bounds.items():
            columns[f"{name}_low_{round(100 * cover)}"] = edges[:, 0].tolist()
            columns[f"{name}_high_{round(100 * cover)}"] = edges[:, 1].tolist()
        columns[f"{name}_source"] = _sources(known_figures)
    outside = served.training_range.outside(feature_table.values)
    columns["warnings"] = [
        " ".join(
            warning["code"]
            for warning in find_warnings(query, row, values, beyond, identity.reading.match, identity.estimated, served)
        )
        for query, row, values, beyond, identity in zip(
            queries, gpu_rows, feature_table.values, outside, identities, strict=True
        )
    ]
    return columns


def _sources(known: Sequence[Any]) -> list[str]:
    return ["predicted" if value is None else "measured" for value in known]


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
