"""The least GPU that is as fast as another, and which share of many GPUs is."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.serving.buying.spreads import Spreads
from gpu_kedro.serving.cards.forms import list_forms
from gpu_kedro.serving.errors import UnknownGpuError
from gpu_kedro.serving.runtime import Runtime

_MAKERS = ("nvidia", "amd", "intel")
_FORMS = ("desktop", "laptop")
_EACH = 3
#: GPUs that miss by a quarter or less.
_NEARLY = 0.75
_MOST_LISTED = 50
_DRAWS, _BLOCK, _SEED = 4000, 500, 0


def find_minimum(
    runtime: Runtime,
    reference: Mapping[str, Any],
    chance: float,
    since: float | None = None,
    population: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The least GPUs of each maker and form that reach a mark, and the share of a population that does.

    Args:
        reference: `name` of the GPU to be reached, or `g3d_mark` in points.
        chance: how likely it must be, 0 to 1.
        since: only GPUs released since that year.
        population: `name` and `count` of each.

    Raises:
        UnknownGpuError: nothing can be said of the reference's mark.
    """
    needed, told = _read_reference(runtime, reference)
    return {
        "model_version": runtime.version,
        "reference": told,
        "chance": chance,
        "least": _list_least(runtime, needed, told["taken_for"] or "", chance, since),
        "population": None
        if population is None
        else _judge_population(runtime, needed, told["taken_for"] or "", population),
    }


def _read_reference(runtime: Runtime, reference: Mapping[str, Any]) -> tuple[Spreads, dict[str, Any]]:
    mark, name = reference.get("g3d_mark"), reference.get("name")
    if mark is not None:
        told = {"name": name, "taken_for": None, "g3d_mark": mark, "source": "given"}
        return Spreads.of_columns([mark], [None], [True]), told
    (prediction,) = runtime.predict([{"name": name}])
    figure, match = prediction["g3d_mark"], prediction["match"]
    if figure["value"] is None:
        raise UnknownGpuError(match["did_you_mean"], prediction["reason"]["detail"].rstrip("."))
    told = {"name": name, "taken_for": match["spec"], "g3d_mark": figure["value"], "source": figure["source"]}
    return Spreads.of_figures([figure]), told


def _list_least(
    runtime: Runtime, needed: Spreads, taken_for: str, chance: float, since: float | None
) -> list[dict[str, Any]]:
    catalogue = runtime.catalogue
    forms = np.array(list_forms(runtime))
    # an edition of a product ("OEM", "Mac") is nothing that a minimum names
    is_plain = [match.is_strict and not parsed.qualifiers for parsed, match in runtime.identities]
    years = np.array([match.specs.get("release_year") or math.nan for _, match in runtime.identities])
    allowed = np.array(is_plain) & ~np.isnan(catalogue.g3d_mark)
    if since is not None:
        allowed &= years >= since
    places = np.flatnonzero(allowed)
    is_measured = catalogue.is_measured("g3d_mark")[places]
    spreads = Spreads.of_columns(catalogue.g3d_mark[places], catalogue.mark_intervals[places], is_measured)
    chances = spreads.chance_above(needed)
    chances[[catalogue.specs[place] == taken_for for place in places]] = 1.0  # it is as fast as itself
    vendors = np.array([str(runtime.identities[place][0].vendor) for place in places])
    found = []
    for form in _FORMS:
        for vendor in _MAKERS:
            holds = (chances >= chance) & (vendors == vendor) & (forms[places] == form)
            order = np.flatnonzero(holds)[np.argsort(catalogue.g3d_mark[places[holds]], kind="stable")]
            gpus = [{**catalogue.describe(places[place]), "chance": float(chances[place])} for place in order[:_EACH]]
            found.append({"vendor": vendor, "form": form, "gpus": gpus})
    return found


def _judge_population(
    runtime: Runtime, needed: Spreads, taken_for: str, population: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    columns = runtime.predict_columns([{"name": row["name"]} for row in population])
    marks = columns["g3d_mark_value"]
    known = [place for place, mark in enumerate(marks) if mark is not None]
    ends = {name: columns[f"g3d_mark_{name}"] for name in ("low_80", "high_80", "low_90", "high_90")}
    spreads = Spreads.of_columns(
        [marks[place] for place in known],
        [[[ends[f"low_{percent}"][place], ends[f"high_{percent}"][place]] for percent in (80, 90)] for place in known],
        [columns["g3d_mark_source"][place] != "predicted" for place in known],
    )
    chances = spreads.chance_above(needed) if known else np.zeros(0)
    chances[[columns["match_spec"][place] == taken_for for place in known]] = 1.0
    counts = np.array([population[place]["count"] for place in known], dtype=float)
    rows = [
        {
            "place": place,
            "name": population[place]["name"],
            "taken_for": columns["match_spec"][place],
            "count": population[place]["count"],
            "g3d_mark": marks[place],
            "source": columns["g3d_mark_source"][place],
            "chance": float(likely),
        }
        for place, likely in zip(known, chances, strict=True)
    ]
    least = math.exp(needed.logs[0, 2])
    missing = [row for row in rows if _NEARLY * least <= row["g3d_mark"] < least and row["chance"] < 1]
    unknown = [
        {"place": place, "name": row["name"], "count": row["count"], "reason": columns["reason"][place]}
        for place, row in enumerate(population)
        if marks[place] is None
    ]
    return {
        "count": sum(row["count"] for row in population),
        "unknown_count": sum(row["count"] for row in unknown),
        **_share(rows, counts, chances),
        "just_missing": sorted(missing, key=lambda row: (-row["g3d_mark"], -row["count"]))[:_MOST_LISTED],
        "unknown": sorted(unknown, key=lambda row: -row["count"])[:_MOST_LISTED],
    }


def _share(
    rows: Sequence[Mapping[str, Any]], counts: NDArray[np.float64], chances: NDArray[np.float64]
) -> dict[str, Any]:
    """Expected share of those with a mark that qualifies, and its intervals by simulation.

    All GPUs of one model qualify together or not at all; different models are independent.
    """
    if not rows:
        return {"share": None, "interval_80": None, "interval_90": None}
    weights: dict[tuple[Any, ...], float] = defaultdict(float)
    for row, count, likely in zip(rows, counts, chances, strict=True):
        weights[row["taken_for"] or row["name"], row["g3d_mark"], float(likely)] += count / counts.sum()
    open_ones = [(likely, weight) for (_, _, likely), weight in weights.items() if 0 < likely < 1]
    sure = sum(weight for (_, _, likely), weight in weights.items() if likely == 1)
    generator = np.random.default_rng(_SEED)
    drawn = np.full(_DRAWS, float(sure))
    for start in range(0, len(open_ones), _BLOCK):
        part = np.array(open_ones[start : start + _BLOCK])
        drawn += (generator.random((_DRAWS, len(part))) < part[:, 0]) @ part[:, 1]
    share = float(chances @ counts / counts.sum())
    told: dict[str, Any] = {"share": share}
    for percent in (80, 90):
        low, high = np.clip(np.quantile(drawn, [0.5 - percent / 200, 0.5 + percent / 200]), 0, 1).tolist()
        # of few models the expected share may be one that is never drawn, beside the only likely one
        told[f"interval_{percent}"] = [min(low, share), max(high, share)]
    return told
