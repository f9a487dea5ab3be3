"""Performance per watt between segments, matched by years and sizes: a check for Simpson's paradox."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Estimate, bootstrap_counts, percentile_interval
from gpu_kedro.analysis.samples import POWER_CAVEAT, in_segment, take_powered

QUESTION = Question(
    "power_matched",
    "Performance per watt, matched",
    "Are the gaps in performance per watt between segments real, or made by which years and sizes they hold?",
    "For each pair of segments the ratio of median points per watt, once over all GPUs, and once within cells of "
    "equal release years (two together) and power band (to 35, 75, 150, 250 W and above), averaged over the cells "
    "that hold both, by the smaller count of the two. 95 % intervals by a bootstrap of chip groups. A reversal of "
    "sign would be Simpson's paradox (Simpson 1951).",
    f"{POWER_CAVEAT} Matching leaves out GPUs without a counterpart, and matches by two things only.",
)
_POWER_EDGES = (0, 35, 75, 150, 250, np.inf)
_PAIRS = (("Mobile", "Desktop"), ("Workstation", "Desktop"), ("Mobile", "Workstation"))


def measure_matched(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Ratios of points per watt between segments, over all GPUs and matched by release years and power band.

    Raises:
        NotAnswerableError: no two segments share a cell.
    """
    rows = take_powered(primary_gpus, options)
    rows = rows[rows["segment"].notna()].reset_index(drop=True)
    bands = pd.cut(rows["power_w"], _POWER_EDGES, labels=False)
    cells = (rows["release_year"] // 2).astype(str) + ":" + bands.astype(str)
    logs = np.log2(rows["points_per_w"].to_numpy(float))
    counts = bootstrap_counts(rows["chip_group"], options)
    found: list[dict[str, Any]] = []
    told: list[str] = []
    figures: dict[str, float] = {}
    for above, below in _PAIRS:
        first, second = in_segment(rows, above).to_numpy(), in_segment(rows, below).to_numpy()
        only_first, only_second = first & ~second, second & ~first
        shared = sorted(set(cells[only_first]) & set(cells[only_second]))
        if not shared:
            continue
        everywhere = [(only_first, only_second)]
        both = [(only_first & (cells == cell).to_numpy(), only_second & (cells == cell).to_numpy()) for cell in shared]
        raw, matched = _compare(logs, everywhere, counts), _compare(logs, both, counts)
        for matching, estimate, pairs in (("all GPUs", raw, everywhere), ("matched", matched, both)):
            found.append(
                {
                    "pair": f"{above} / {below}",
                    "matching": matching,
                    **estimate.to_columns("ratio"),
                    "rows": int(sum(one.sum() + other.sum() for one, other in pairs)),
                    "cells": len(pairs),
                }
            )
        told.append(f"{above} / {below}: × {raw.value:.2f} over all, × {matched:.2f} matched ({_judge(raw, matched)})")
        name = f"{above}_per_{below}".lower()
        figures |= {f"{name}_all": raw.value, **matched.to_columns(f"{name}_matched")}
    if not found:
        raise NotAnswerableError("no two segments share release years and a power band")
    return Study(QUESTION, f"{'; '.join(told)}.", len(rows), figures, pd.DataFrame(found))


def _compare(
    logs: NDArray[np.float64], pairs: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]], counts: NDArray[np.int64]
) -> Estimate:
    """Ratio of medians, averaged as logarithms over cells by the smaller count."""
    places = [(np.flatnonzero(first), np.flatnonzero(second)) for first, second in pairs]

    def difference(weights: NDArray[np.int64]) -> float:
        total, sum_of_weights = 0.0, 0.0
        for first, second in places:
            one, other = first.repeat(weights[first]), second.repeat(weights[second])
            weight = min(one.size, other.size)
            if weight:
                total += weight * float(np.median(logs[one]) - np.median(logs[other]))
                sum_of_weights += weight
        return total / sum_of_weights if sum_of_weights else float("nan")

    replicates = np.array([difference(weights) for weights in counts])
    doublings = percentile_interval(difference(np.ones(logs.size, dtype=np.int64)), replicates)
    return doublings.map(lambda doubling: 2.0**doubling)


def _judge(raw: Estimate, matched: Estimate) -> str:
    if matched.includes(1):
        return "matched, no difference can be told from none"
    if raw.includes(1):
        return "a difference that only matching shows"
    if (raw.value - 1) * (matched.value - 1) < 0:
        return "the sign turns: Simpson's paradox"
    share = 1 - np.log(matched.value) / np.log(raw.value)
    return f"the sign stays; {max(share, 0):.0%} of the gap is made by years and sizes".replace("%", " %")
