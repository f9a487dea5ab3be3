"""Writes answers from what the models estimate: one by one as the HTTP contract has them, or as columns."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.domain.identify import GpuRow, Reading
from gpu_kedro.modelling.bundle.doubts import DOUBTED, find_doubt
from gpu_kedro.modelling.bundle.ladder import AnswerKind, Known, choose_figure, choose_segment, grade
from gpu_kedro.modelling.bundle.predictor import RegressionEstimates, SegmentEstimates, ServedBundle
from gpu_kedro.modelling.bundle.warnings import find_warnings
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, SEGMENTS

Query = Mapping[str, Any]
Prediction = dict[str, Any]
Estimates = dict[str, RegressionEstimates | SegmentEstimates]
#: Prices were collected when the table was; nothing here follows the market since.
PRICE_NOTE = "observations of 2022, in US dollars of that year"
#: What prices are of, and what they rest on, where nobody brings a market.
TABLE_CONDITION, TABLE_BASIS = "new", "2022 table"
_PARSED = ("vendor", "series", "model", "suffix", "is_mobile")
#: The interval by which figures are believed or doubted.
_BELIEVED = 0.9


class Identity(NamedTuple):
    """What a query's name was taken for, what is known of it, and which fields of a given sheet were estimated."""

    reading: Reading
    known: Known
    estimated: tuple[str, ...]


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
    year = served.known.year
    outside = served.training_range.outside(feature_table.values)
    for place, (query, row, identity) in enumerate(zip(queries, gpu_rows, identities, strict=True)):
        reading, known, match = identity.reading, identity.known, identity.reading.match
        figures = {name: _describe_figure(estimates[name], place, name, known, served) for name in REGRESSION_TARGETS}
        figures["price_usd"] |= {"note": PRICE_NOTE, "as_of": year, "condition": TABLE_CONDITION, "basis": TABLE_BASIS}
        answer, reason = grade([figure["source"] for figure in figures.values()], known)
        warnings = find_warnings(
            query, row, feature_table.values[place], outside[place], match, identity.estimated, known, served
        )
        warnings += _find_doubts(figures, known, knows_gpu=row["is_strict"])
        answers.append(
            {
                "name": query.get("name"),
                "model_version": served.version,
                "answer": answer,
                "reason": None if reason is None else {"code": reason.code, "detail": reason.detail},
                "parsed": {**{field: row[field] for field in _PARSED}, "memory_gb": reading.parsed.memory_gb},
                "match": {
                    "spec": match.spec_name,
                    "kind": row["match_kind"],
                    "confidence": row["match_confidence"],
                    "did_you_mean": list(
                        served.index.suggest(reading.plain, match)
                        if known.refusal is None
                        else known.refusal.did_you_mean
                    ),
                    "others": list(reading.others),
                },
                "segment": _describe_segment(estimates["segment"], place, known, answer, served),
                **figures,
                "warnings": warnings,
            }
        )
    return answers


def _describe_figure(estimates: Any, place: int, name: str, known: Known, served: ServedBundle) -> dict[str, Any]:
    predicted: float | None = float(estimates.predicted[place])
    intervals: dict[str, Any] = {
        _interval_key(cover): edges[place].tolist() for cover, edges in estimates.bounds.items()
    }
    low, high = intervals[_interval_key(_BELIEVED)]
    value, source = choose_figure(name, known, predicted, low, high)
    if known.refusal is not None:
        predicted, intervals = None, dict.fromkeys(intervals)
    is_measured = source == "measured"
    return {
        "value": value,
        "predicted": predicted,
        **intervals,
        "source": source,
        "date": served.known.date(known.measured, name) if is_measured else None,
        "origin": served.known.origin(known.measured, name) if is_measured else None,
    }


def _describe_segment(
    estimates: Any, place: int, known: Known, answer: AnswerKind, served: ServedBundle
) -> dict[str, Any]:
    predicted = estimates.labels[place] if known.refusal is None else ()
    labels, source = choose_segment(known, predicted, answer)
    return {
        "labels": labels,
        "predicted": list(predicted),
        "probabilities": dict(zip(SEGMENTS, estimates.probabilities[place].tolist(), strict=True))
        if known.refusal is None
        else None,
        "source": source,
        "line": list(known.line),
        "date": served.known.date(known.measured, "segment") if source == "measured" else None,
        "origin": "table" if source == "measured" else None,
    }


def _find_doubts(figures: Mapping[str, Any], known: Known, *, knows_gpu: bool) -> list[dict[str, str]]:
    doubts = []
    for name, figure in figures.items():
        if figure["source"] in DOUBTED and known.refusal is None:
            low, high = figure[_interval_key(_BELIEVED)]
            doubt = find_doubt(name, figure["value"], figure["source"], low, high, known, knows_gpu=knows_gpu)
            if doubt is not None:
                doubts.append(doubt)
    return doubts


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

    Columns: `name, model_version, answer, reason` (code), `match_spec, match_kind, match_confidence, segment,
    segment_source`, `p_<segment>`, for each target `<target>_value`, `<target>_predicted`, `<target>_low_80`,
    `…_high_80`, `…_low_90`, `…_high_90`, `<target>_source`, what prices are of (`price_usd_as_of`, `…_condition`,
    `…_basis`), and `warnings` (codes, separated by spaces).
    """
    known = [identity.known for identity in identities]
    figures: dict[str, list[Any]] = {}
    doubts: list[list[str]] = [[] for _ in queries]
    for name in REGRESSION_TARGETS:
        figures |= _tabulate_figure(estimates[name], name, known, [row["is_strict"] for row in gpu_rows], doubts)
    sources = zip(*(figures[f"{name}_source"] for name in REGRESSION_TARGETS), strict=True)
    grades = [grade(found, one) for found, one in zip(sources, known, strict=True)]
    refused = [place for place, one in enumerate(known) if one.refusal is not None]
    outside = served.training_range.outside(feature_table.values)
    warnings = [
        [
            warning["code"]
            for warning in find_warnings(
                query, row, values, beyond, identity.reading.match, identity.estimated, identity.known, served
            )
        ]
        for query, row, values, beyond, identity in zip(
            queries, gpu_rows, feature_table.values, outside, identities, strict=True
        )
    ]
    return {
        "name": [query.get("name") for query in queries],
        "model_version": [served.version] * len(queries),
        "answer": [answer for answer, _ in grades],
        "reason": [None if reason is None else reason.code for _, reason in grades],
        "match_spec": [identity.reading.match.spec_name for identity in identities],
        "match_kind": [row["match_kind"] for row in gpu_rows],
        "match_confidence": [row["match_confidence"] for row in gpu_rows],
        **_tabulate_segments(estimates["segment"], known, [answer for answer, _ in grades], refused),
        **figures,
        "price_usd_as_of": [served.known.year] * len(queries),
        "price_usd_condition": [TABLE_CONDITION] * len(queries),
        "price_usd_basis": [TABLE_BASIS] * len(queries),
        "warnings": [" ".join([*codes, *more]) for codes, more in zip(warnings, doubts, strict=True)],
    }


def _tabulate_figure(
    estimates: Any, name: str, known: Sequence[Known], knows_gpu: Sequence[bool], doubts: Sequence[list[str]]
) -> dict[str, list[Any]]:
    """The columns of a figure; codes of doubts are added to those of each row."""
    predicted = estimates.predicted.tolist()
    ends = estimates.bounds[_BELIEVED].tolist() if predicted else []
    chosen = [
        choose_figure(name, one, guess, low, high)
        for one, guess, (low, high) in zip(known, predicted, ends, strict=True)
    ]
    for place, (value, source) in enumerate(chosen):
        if source in DOUBTED and known[place].refusal is None:
            low, high = ends[place]
            doubt = find_doubt(name, value, source, low, high, known[place], knows_gpu=knows_gpu[place])
            if doubt is not None:
                doubts[place].append(doubt["code"])
    columns: dict[str, list[Any]] = {f"{name}_value": [value for value, _ in chosen], f"{name}_predicted": predicted}
    for cover, edges in estimates.bounds.items():
        columns[f"{name}_low_{round(100 * cover)}"] = edges[:, 0].tolist()
        columns[f"{name}_high_{round(100 * cover)}"] = edges[:, 1].tolist()
    refused = [place for place, one in enumerate(known) if one.refusal is not None]
    for column, values in columns.items():
        if not column.endswith("_value"):
            _blank(values, refused)
    columns[f"{name}_source"] = [source for _, source in chosen]
    return columns


def _tabulate_segments(
    estimates: Any, known: Sequence[Known], answers: Sequence[AnswerKind], refused: Sequence[int]
) -> dict[str, list[Any]]:
    chosen = [
        choose_segment(one, labels, answer)
        for one, labels, answer in zip(known, estimates.labels, answers, strict=True)
    ]
    columns: dict[str, list[Any]] = {
        "segment": [", ".join(labels) for labels, _ in chosen],
        "segment_source": [source for _, source in chosen],
    }
    for position, segment in enumerate(SEGMENTS):
        columns[f"p_{segment.lower()}"] = _blank(estimates.probabilities[:, position].tolist(), refused)
    return columns


def _blank(values: list[Any], places: Sequence[int]) -> list[Any]:
    """Take out what the models say of GPUs that they cannot speak of."""
    for place in places:
        values[place] = None
    return values
