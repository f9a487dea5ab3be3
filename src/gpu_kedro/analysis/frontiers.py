"""Pareto frontiers: what no other GPU beats in both figures, year by year, and the area that they enclose."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import bootstrap_counts, percentile_interval
from gpu_kedro.analysis.samples import take_strict

_METHOD = (
    "GPUs released up to each year: those that no other beats in performance at no more {cost}. Hypervolume: the area "
    "that the frontier dominates in log2 of both figures, as a share of the rectangle from the dearest and slowest to "
    "the cheapest and fastest GPU of all years (Zitzler and Thiele 1998); a band of 95 % by a bootstrap of chip groups."
)
_EXTREMES = (
    "A frontier is made of extremes: one mislabelled GPU can hold it for years, and a sample without it falls back, so "
    "that the band lies below the line as well as around it. The area can only grow, as old GPUs stay."
)
PRICE_QUESTION = Question(
    "price_frontier",
    "The price–performance frontier",
    "Which GPUs were the best for any budget, and how did the frontier move?",
    _METHOD.format(cost="cost"),
    f"Prices are asking prices seen up to 2022, some for used or odd stock: the cheap end is bargains, not a "
    f"price list. {_EXTREMES}",
)
POWER_QUESTION = Question(
    "power_frontier",
    "The power–performance frontier",
    "Which GPUs were the fastest for any power, and how did the frontier move?",
    _METHOD.format(cost="power"),
    f"Design power is not measured power, and a laptop GPU's is set by its maker. {_EXTREMES}",
)
#: Replicates of the hypervolume; each is a walk over all GPUs for every year.
_REPLICATES = 200


def measure_price_frontier(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """The frontier of price and points by release year.

    Raises:
        NotAnswerableError: too few GPUs with a price.
    """
    return _measure(PRICE_QUESTION, take_strict(primary_gpus), "price_usd", options)


def measure_power_frontier(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """The frontier of power and points by release year.

    Raises:
        NotAnswerableError: too few GPUs with a power.
    """
    return _measure(POWER_QUESTION, take_strict(primary_gpus), "power_w", options)


def _measure(question: Question, strict: pd.DataFrame, cost: str, options: AnalysisOptions) -> Study:
    rows = strict[strict[cost].notna() & strict["g3d_mark"].ge(options.min_score)].reset_index(drop=True)
    require_rows(rows, 4 * options.min_gpus, f"GPUs with {cost}, at least {options.min_score:g} points and a sheet")
    costs, points = np.log2(rows[cost].to_numpy(float)), np.log2(rows["g3d_mark"].to_numpy(float))
    released = rows["release_year"].to_numpy()
    years = np.array([year for year in np.unique(released) if (released <= year).sum() >= options.min_gpus])
    corner, box = (costs.max(), points.min()), np.ptp(costs) * np.ptp(points)
    if not box:
        raise NotAnswerableError(f"all GPUs have the same {cost} or the same score")
    order = np.lexsort((-points, costs))
    samples = bootstrap_counts(rows["chip_group"], options)[:_REPLICATES]
    found, fronts = [], []
    for year in years:
        chosen = order[released[order] <= year]
        front = find_frontier(points, chosen)
        area = measure_hypervolume(costs[front], points[front], corner) / box
        replicates = []
        for counts in samples:
            part = find_frontier(points, chosen[counts[chosen] > 0])
            replicates.append(measure_hypervolume(costs[part], points[part], corner) / box)
        band = percentile_interval(area, np.array(replicates))
        band = band._replace(high=max(band.high, area))
        found.append(
            {
                "release_year": int(year),
                **band.to_columns("hypervolume"),
                "frontier_gpus": len(front),
                "rows": len(chosen),
            }
        )
        fronts.append(rows.loc[front, ["name", cost, "g3d_mark", "release_year"]].assign(up_to=int(year)))
    table = pd.DataFrame(found)
    first, last = table.iloc[0], table.iloc[-1]
    newest = fronts[-1]
    top = newest.iloc[-1]
    middle = table.iloc[len(table) // 2]
    answer = (
        f"Of {last['rows']:.0f} GPUs {len(newest)} are on the frontier of {last['release_year']:.0f}, from "
        f"{newest.iloc[0]['name']} to {top['name']}. The hypervolume grew from {first['hypervolume']:.2f} "
        f"({first['release_year']:.0f}) by {middle['hypervolume'] - first['hypervolume']:.2f} up to "
        f"{middle['release_year']:.0f} and by {last['hypervolume'] - middle['hypervolume']:.2f} since, to "
        f"{last['hypervolume']:.2f} (95 % band: {last['hypervolume_low']:.2f} to {last['hypervolume_high']:.2f})."
    )
    figures = {"frontier_gpus": len(newest), **band.to_columns("hypervolume")}
    return Study(question, answer, len(rows), figures, table, pd.concat(fronts, ignore_index=True))


def find_frontier(points: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Positions that none beats in both, cheapest first.

    Args:
        points: more is better.
        order: positions by rising cost, the best first among equals.
    """
    best = np.maximum.accumulate(points[order])
    is_better = np.concatenate([[True], points[order][1:] > best[:-1]]) if order.size else np.zeros(0, bool)
    frontier: NDArray[np.intp] = order[is_better]
    return frontier


def measure_hypervolume(costs: NDArray[np.float64], points: NDArray[np.float64], corner: tuple[float, float]) -> float:
    """Area between a frontier and the corner of the dearest and slowest: a staircase.

    Args:
        costs: of the frontier, rising.
        points: of the frontier, rising.
        corner: highest cost and fewest points.
    """
    widths = corner[0] - costs
    heights = np.diff(points, prepend=corner[1])
    return float((widths * heights).sum())
