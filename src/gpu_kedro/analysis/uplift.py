"""What a generation brings: the ladder of NVIDIA's x60, x70 and x80 desktop cards."""

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.analysis.findings import Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Estimate, bootstrap
from gpu_kedro.analysis.samples import is_desktop_card, take_strict

QUESTION = Question(
    "generational_uplift",
    "Generational uplift",
    "How much faster is the next card of the same tier?",
    "NVIDIA's desktop cards x60, x70 and x80 without a suffix, from the GTX 400 to the RTX 30 series, in order of "
    "their generation; boards with other memory count by their median. The ratio of each card's G3D Mark to its "
    "predecessor's; geometric means with 95 % intervals by a bootstrap of generations.",
    "A tier is a name, not a size or a price: an x70 may grow larger and dearer from one generation to the next. Few "
    "steps, all of one maker (AMD renamed its tiers too often to make a ladder).",
)
_TIERS = (60, 70, 80)
#: GeForce generations that have all three tiers; the 16 series stands beside the 20 series.
_GENERATIONS = (4, 5, 6, 7, 9, 10, 20, 30, 40, 50)
_SERIES = ("geforce gtx", "geforce rtx")
_LEAST_STEPS = 3


def measure_uplift(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """The step from each card of the ladder to the next, and their geometric means by tier and over all.

    Raises:
        NotAnswerableError: there are too few steps.
    """
    cards = _find_cards(primary_gpus)
    before = cards.groupby("tier").shift()
    places = cards["generation"].map(_GENERATIONS.index)
    is_next = places.eq(places.groupby(cards["tier"]).shift() + 1)
    steps = cards.assign(
        ratio=cards["g3d_mark"] / before["g3d_mark"],
        predecessor=before["name"],
        years=cards["release_year"] - before["release_year"],
    )
    steps = steps[steps["ratio"].notna() & is_next].reset_index(drop=True)
    require_rows(steps, _LEAST_STEPS, "steps between generations of x60, x70 and x80")
    logs = np.log2(steps["ratio"].to_numpy(float))
    spans = steps["years"].to_numpy(float)
    overall = bootstrap(partial(_mean_ratio, logs), steps["generation"], options)
    a_year = bootstrap(partial(_yearly_ratio, logs, spans), steps["generation"], options)
    found = [_row("all tiers", overall, len(steps))]
    for tier in _TIERS:
        part = steps[steps["tier"] == tier]
        if len(part) >= _LEAST_STEPS:
            own = np.log2(part["ratio"].to_numpy(float))
            estimate = bootstrap(partial(_mean_ratio, own), part["generation"], options)
            found.append(_row(f"x{tier}", estimate, len(part)))
    single = steps.rename(columns={"name": "card"})
    single = single.assign(kind="step", group="x" + steps["tier"].astype(str), rows=1)
    columns = ["kind", "group", "card", "predecessor", "years", "ratio", "rows"]
    table = pd.concat([pd.DataFrame(found), single[columns]], ignore_index=True)
    smallest, largest = steps.iloc[int(logs.argmin())], steps.iloc[int(logs.argmax())]
    answer = (
        f"A generation brings × {overall.value:.2f} (95 %: {overall.low:.2f} to {overall.high:.2f}, {len(steps)} "
        f"steps), which is {100 * (a_year.value - 1):.0f} % a year (95 %: {100 * (a_year.low - 1):.0f} to "
        f"{100 * (a_year.high - 1):.0f} %). The smallest step is to the {smallest['name']} (× {smallest['ratio']:.2f}"
        f"), the largest to the {largest['name']} (× {largest['ratio']:.2f}). "
    )
    tiers = table[table["kind"] == "tier"].iloc[1:]
    overlap = tiers.empty or tiers["ratio_low"].max() <= tiers["ratio_high"].min()
    answer += "The tiers cannot be told apart." if overlap else "The tiers differ."
    figures = overall.to_columns("ratio") | a_year.to_columns("yearly_ratio")
    return Study(QUESTION, answer, len(steps), figures, table, cards)


def _find_cards(primary_gpus: pd.DataFrame) -> pd.DataFrame:
    """One row a card: `tier, generation, name, g3d_mark, release_year`, by tier and generation."""
    rows = take_strict(primary_gpus)
    rows = rows[
        rows["series"].isin(_SERIES)
        & rows["suffix"].isna()
        & is_desktop_card(rows)
        & rows["generation"].isin(_GENERATIONS)
        & rows["tier"].isin(_TIERS)
    ]
    rows = rows.assign(is_variant=rows["memory_gb"].notna()).sort_values(["is_variant", "name"])
    cards = rows.groupby(["tier", "generation"], as_index=False).agg(
        name=("name", "first"), g3d_mark=("g3d_mark", "median"), release_year=("release_year", "min")
    )
    return cards.astype({"tier": int, "generation": int})


def _mean_ratio(logs: NDArray[np.float64], places: NDArray[np.intp]) -> float:
    return float(2.0 ** logs[places].mean())


def _yearly_ratio(logs: NDArray[np.float64], spans: NDArray[np.float64], places: NDArray[np.intp]) -> float:
    years = float(spans[places].sum())
    return float(2.0 ** (logs[places].sum() / years)) if years > 0 else float("nan")


def _row(group: str, estimate: Estimate, steps: int) -> dict[str, object]:
    return {"kind": "tier", "group": group, **estimate.to_columns("ratio"), "rows": steps}
