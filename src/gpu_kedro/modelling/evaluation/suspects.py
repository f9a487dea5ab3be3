"""Figures and labels of the table that the evidence speaks against; nothing is changed because of it.

Evidence of five kinds: what models say that have not seen the GPU's chip family, its specification sheet, other GPUs
of the same sheet or line, and what cleaning rejected. Each finding is one sentence with its numbers, for somebody to
look up at the source.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS

COLUMNS = ("gpu_id", "name", "row_in_raw", "field", "value", "expected", "kinds", "strength", "evidence")
KIND_TITLES: dict[str, str] = {
    "outside_interval": "far outside the interval of models that have not seen the chip family",
    "against_sheet": "power other than on the specification sheet",
    "against_model": "segment that models find most unlikely",
    "against_line": "segment other than that of its line",
    "against_twins": "other than the same card under another name",
    "not_a_gpu": "not a GPU that was ever made; left out by cleaning",
}
#: Levels of knowledge at which the answers of models are held against the table, other than with everything: a score
#: is judged by name and sheet alone.
_LEVELS = {"g3d_mark": "specs"}
#: Errors in half-widths of the 90 % interval from which on they are told, and are strong evidence.
_TOLD, _STRONG = 1.5, 2.5
#: The same where the sheet is that of a relative.
_TOLD_LOOSE = 2.0
_SHEET_FACTOR, _STRONG_FACTOR = 1.25, 2.0
_TWIN_FACTOR = {"g3d_mark": 1.6, "price_usd": 3.0}
_UNLIKELY, _LIKELY = 0.2, 0.7
_SURE_UNLIKELY, _SURE_LIKELY = 0.03, 0.9
#: Labelled GPUs of a line that are needed to speak of its habit.
_LEAST_LINE = 4
_STRENGTHS = ("weak", "fair", "strong")


class Finding(NamedTuple):
    """One piece of evidence against one value.

    Args:
        gpu_id, field: what it is about.
        value, expected: as the table has it, and what the evidence says.
        kind: a key of `KIND_TITLES`.
        strength: place in weak, fair, strong.
        evidence: a sentence.
    """

    gpu_id: str
    field: str
    value: str
    expected: str
    kind: str
    strength: int
    evidence: str


def find_suspects(
    raw_gpus: pd.DataFrame,
    clean_gpus: pd.DataFrame,
    primary_gpus: pd.DataFrame,
    ledger: pd.DataFrame,
    unseen: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Values with evidence against them: one row for a GPU and field, the strongest first.

    Args:
        raw_gpus: the table as read, with `source_row`.
        clean_gpus: its kept rows, with `gpu_id` and `source_row`.
        primary_gpus: the same, parsed and joined with specifications.
        ledger: what cleaning did.
        unseen: target → predictions of models that have not seen the GPU's chip family; empty before training.

    Returns:
        Columns `COLUMNS`; `row_in_raw` counts lines of the file, the header is line 1.
    """
    gpus = primary_gpus.set_index("gpu_id")
    found = [*_against_sheet(gpus), *_against_line(gpus)]
    residuals = {target: _read_residuals(unseen[target], target) for target in REGRESSION_TARGETS}
    for target, errors in residuals.items():
        found += _outside_interval(gpus, errors, target)
    for field, factor in _TWIN_FACTOR.items():
        found += _against_twins(gpus, residuals[field], field, factor)
    found += _against_model(unseen["segment"])
    rows_of = dict(zip(clean_gpus["gpu_id"], clean_gpus["source_row"], strict=True))
    by_value: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        by_value[finding.gpu_id, finding.field].append(finding)
    merged = [
        _merge(pieces, str(gpus.at[gpu_id, "name"]), int(rows_of[gpu_id])) for (gpu_id, _), pieces in by_value.items()
    ]
    merged += _list_rejected(ledger, raw_gpus)
    order = {name: -place for place, name in enumerate(_STRENGTHS)}
    merged.sort(key=lambda row: (order[row["strength"]], row["row_in_raw"]))
    return pd.DataFrame(merged, columns=list(COLUMNS))


def _merge(findings: list[Finding], name: str, row: int) -> dict[str, Any]:
    """One row for all the evidence against a value.

    Two pieces that agree are stronger than each, but for power: there the models go by the sheet.
    """
    best = max(findings, key=lambda finding: finding.strength)
    agree = len(findings) > 1 and best.field != "tdp_w"
    strength = min(best.strength + agree, len(_STRENGTHS) - 1)
    return {
        "gpu_id": best.gpu_id,
        "name": name,
        "row_in_raw": row,
        "field": best.field,
        "value": best.value,
        "expected": best.expected,
        "kinds": " ".join(finding.kind for finding in findings),
        "strength": _STRENGTHS[strength],
        "evidence": "; ".join(finding.evidence for finding in findings),
    }


def _read_residuals(unseen: pd.DataFrame, target: str) -> pd.DataFrame:
    """Errors by GPU at the level that is judged: `predicted` in logs, and `error` in half-widths of the interval."""
    if unseen.empty:
        return pd.DataFrame(columns=["predicted", "error"])
    chosen = unseen[(unseen["split"] == "grouped") & (unseen["level"] == _LEVELS.get(target, "everything"))].set_index(
        "gpu_id"
    )
    half = (chosen["upper_90"] - chosen["lower_90"]) / 2
    return chosen.assign(error=(chosen["true"] - chosen["predicted"]) / half)


def _outside_interval(gpus: pd.DataFrame, errors: pd.DataFrame, target: str) -> Iterator[Finding]:
    unit = TARGETS[target].unit
    joined = errors.join(gpus[["is_strict", target]])
    for gpu_id, row in joined.iterrows():
        is_strict = bool(row["is_strict"])
        size = abs(row["error"])
        if size < (_TOLD if is_strict else _TOLD_LOOSE) or (not is_strict and target != "g3d_mark"):
            continue
        low, high, guess = (float(np.exp(row[column])) for column in ("lower_90", "upper_90", "predicted"))
        value = float(row[target])
        yield Finding(
            str(gpu_id), target, _write(value), _write(guess), "outside_interval",
            (2 if size >= _STRONG else 1) if is_strict else 0,
            f"models without its chip family say {_write(guess)} {unit} and in 90 % of cases {_write(low)} to "
            f"{_write(high)}; the table has {_write(value)}",
        )  # fmt: skip


def _against_sheet(gpus: pd.DataFrame) -> Iterator[Finding]:
    known = gpus[gpus["is_strict"].astype(bool) & gpus["tdp_w"].notna() & gpus["spec_tdp_w"].notna()]
    for gpu_id, row in known.iterrows():
        value, sheet = float(row["tdp_w"]), float(row["spec_tdp_w"])
        factor = max(value / sheet, sheet / value)
        if factor > _SHEET_FACTOR:
            yield Finding(
                str(gpu_id), "tdp_w", _write(value), _write(sheet), "against_sheet", int(factor >= _STRONG_FACTOR) + 1,
                f"the sheet of {row['spec_name']} says {_write(sheet)} W, the table {_write(value)} W: "
                f"{factor:.1f} times {'more' if value > sheet else 'less'}",
            )  # fmt: skip


def _against_model(unseen: pd.DataFrame) -> Iterator[Finding]:
    if unseen.empty:
        return
    chosen = unseen[(unseen["split"] == "grouped") & (unseen["level"] == "specs")]
    columns = [str(column) for column in chosen if str(column).startswith("p_")]
    names = [column.removeprefix("p_") for column in columns]
    shares = chosen[columns].to_numpy(float)
    for gpu_id, true, row in zip(chosen["gpu_id"], chosen["true"].astype(int), shares, strict=True):
        best = int(row.argmax())
        if best == true or row[true] > _UNLIKELY or row[best] < _LIKELY:
            continue
        is_sure = row[true] <= _SURE_UNLIKELY and row[best] >= _SURE_LIKELY
        yield Finding(
            str(gpu_id), "segment", names[true], names[best], "against_model", 2 if is_sure else 1,
            f"models without its chip family give {names[best]} {row[best]:.0%} and {names[true]} {row[true]:.1%}",
        )  # fmt: skip


def _against_line(gpus: pd.DataFrame) -> Iterator[Finding]:
    """Labels that at least half of the other cards of the same series and form have, and this one lacks."""
    labelled = gpus[gpus["segment"].notna() & gpus["series"].notna() & (gpus["kind"] == "discrete")]
    for (series, is_mobile), line in labelled.groupby(["series", "is_mobile"]):
        sets = {str(gpu_id): set(text.split(", ")) for gpu_id, text in line["segment"].items()}
        if len(sets) <= _LEAST_LINE:
            continue
        form = "laptop" if is_mobile else "desktop"
        for gpu_id, own in sets.items():
            others = [labels for other, labels in sets.items() if other != gpu_id]
            counts = {label: sum(label in labels for labels in others) for label in set().union(*others)}
            usual = {label for label, count in counts.items() if count >= len(others) / 2}
            lacking = usual - own
            if lacking:
                told = ", ".join(f"{label} ({counts[label]})" for label in sorted(lacking))
                share = min(counts[label] for label in lacking) / len(others)
                yield Finding(
                    gpu_id, "segment", ", ".join(sorted(own)), ", ".join(sorted(usual)), "against_line",
                    1 if share >= 0.9 else 0,
                    f"of {len(others)} other {form} cards of the line {series} it alone lacks {told}"
                    if share == 1
                    else f"it lacks what most of {len(others)} other {form} cards of the line {series} have: {told}",
                )  # fmt: skip


def _against_twins(gpus: pd.DataFrame, errors: pd.DataFrame, field: str, factor: float) -> Iterator[Finding]:
    """Cards of one sheet, in one form and without a partner: of two, the one that models expect less is told."""
    alike = gpus[gpus["is_strict"].astype(bool) & gpus[field].notna() & (gpus["kind"] != "dual")]
    size = errors["error"].abs() if len(errors) else pd.Series(dtype=float)
    for (spec, _), twins in alike.groupby(["spec_name", "is_mobile"]):
        if len(twins) < 2:
            continue
        for gpu_id, row in twins.iterrows():
            others = twins.drop(index=gpu_id)
            middle, value = float(others[field].median()), float(row[field])
            ratio = max(value / middle, middle / value)
            expected_more = size.reindex(others.index).min() < size.get(gpu_id, 0.0)
            if ratio < factor or (len(twins) == 2 and not expected_more):
                continue
            names = ", ".join(others["name"].head(3))
            yield Finding(
                str(gpu_id), field, _write(value), _write(middle), "against_twins", int(ratio >= 2 * factor) + 1,
                f"{names} ({spec} as well) has {_write(middle)} {TARGETS[field].unit}, {ratio:.1f} times "
                f"{'less' if value > middle else 'more'}",
            )  # fmt: skip


def _list_rejected(ledger: pd.DataFrame, raw_gpus: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows that cleaning left out because they are no GPU, with the score that they had."""
    rejected = ledger[(ledger["action"] == "rejected") & ledger["rule"].isin(["not_a_gpu", "fake_gpu"])]
    scores = dict(zip(raw_gpus["source_row"], raw_gpus["g3d_mark"], strict=True))
    return [
        {
            "gpu_id": None,
            "name": row["name"],
            "row_in_raw": int(row["source_row"]),
            "field": "name",
            "value": row["name"],
            "expected": "not in the table",
            "kinds": "not_a_gpu",
            "strength": "strong",
            "evidence": f"{row['detail']}; the table has a score of {_write(float(scores[row['source_row']]))} points",
        }
        for row in rejected.to_dict("records")
    ]


def summarise_suspects(suspects: pd.DataFrame, first: int = 30) -> dict[str, Any]:
    """Counts by kind, and the first rows, for the report."""
    kinds = suspects["kinds"].str.split().explode()
    return {
        "rows": len(suspects),
        "by_kind": {kind: int((kinds == kind).sum()) for kind in KIND_TITLES},
        "by_strength": {name: int((suspects["strength"] == name).sum()) for name in reversed(_STRENGTHS)},
        "first": suspects.head(first)[["name", "row_in_raw", "field", "value", "expected", "evidence"]].to_dict(
            "records"
        ),
    }


def _write(value: float) -> str:
    """Digits that matter: 12,543; 99.8; 4.4."""
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"
