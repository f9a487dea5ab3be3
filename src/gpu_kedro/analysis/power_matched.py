"""Performance per watt between segments, matched by years and sizes: a check for Simpson's paradox."""

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
    found = []
    for above, below in _PAIRS:
        first, second = in_segment(rows, above).to_numpy(), in_segment(rows, below).to_numpy()
        only_first, only_second = first & ~second, second & ~first
        shared = sorted(set(cells[only_first]) & set(cells[only_second]))
        if not shared:
            continue
        both = [(only_first & (cells == cell).to_numpy(), only_second & (cells == cell).to_numpy()) for cell in shared]
        for matching, pairs in (("all GPUs", [(only_first, only_second)]), ("matched", both)):
            estimate = _compare(logs, pairs, counts).map(lambda doublings: 2.0**doublings)
            found.append(
                {
                    "pair": f"{above} / {below}",
                    "matching": matching,
                    "ratio": estimate.value,
                    "ratio_low": estimate.low,
                    "ratio_high": estimate.high,
                    "rows": int(sum(one.sum() + other.sum() for one, other in pairs)),
                    "cells": len(pairs),
                }
            )
    if not found:
        raise NotAnswerableError("no two segments share release years and a power band")
    table = pd.DataFrame(found)
    told: list[str] = []
    figures: dict[str, float] = {}
    for pair, both_rows in table.groupby("pair", sort=False):
        raw, matched = (_estimate(both_rows[both_rows["matching"] == name].iloc[0]) for name in ("all GPUs", "matched"))
        told.append(f"{pair}: × {raw.value:.2f} over all, × {_show(matched)} matched ({_judge(raw, matched)})")
        name = str(pair).lower().replace(" / ", "_per_")
        figures |= {f"{name}_all": raw.value, f"{name}_matched": matched.value}
        figures |= {f"{name}_matched_low": matched.low, f"{name}_matched_high": matched.high}
    return Study(QUESTION, f"{'; '.join(told)}.", len(rows), figures, table)


def _compare(
    logs: NDArray[np.float64], pairs: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]], counts: NDArray[np.int64]
) -> Estimate:
    """Difference of medians of logarithms, averaged over cells by the smaller count."""
    places = [(np.flatnonzero(first), np.flatnonzero(second)) for first, second in pairs]

    def difference(weights: NDArray[np.int64] | None) -> float:
        total, sum_of_weights = 0.0, 0.0
        for first, second in places:
            one = first if weights is None else first.repeat(weights[first])
            other = second if weights is None else second.repeat(weights[second])
            weight = min(one.size, other.size)
            if weight:
                total += weight * float(np.median(logs[one]) - np.median(logs[other]))
                sum_of_weights += weight
        return total / sum_of_weights if sum_of_weights else float("nan")

    return percentile_interval(difference(None), np.array([difference(weights) for weights in counts]))


def _estimate(row: pd.Series) -> Estimate:
    return Estimate(row["ratio"], row["ratio_low"], row["ratio_high"])


def _show(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} (95 %: {estimate.low:.2f} to {estimate.high:.2f})"


def _judge(raw: Estimate, matched: Estimate) -> str:
    if matched.includes(1):
        return "matched, no difference can be told from none"
    if raw.includes(1):
        return "a difference that only matching shows"
    if (raw.value - 1) * (matched.value - 1) < 0:
        return "the sign turns: Simpson's paradox"
    share = 1 - np.log(matched.value) / np.log(raw.value)
    return f"the sign stays; {max(share, 0):.0%} of the gap is made by years and sizes".replace("%", " %")
