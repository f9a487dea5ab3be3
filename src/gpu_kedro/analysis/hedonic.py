"""Prices explained by what a card is: the workstation premium, and what the same card costs by its age.

Source: Rosen (1974), Hedonic prices and implicit markets; Triplett (2006), Handbook on hedonic indexes and quality
adjustments in price indexes (OECD).
"""

from typing import Any

import numpy as np
import pandas as pd

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Estimate
from gpu_kedro.analysis.samples import in_segment, take_strict

_METHOD = (
    "GPUs labelled Desktop or Workstation with a price and a strictly matched specification. Hedonic regression: "
    "ordinary least squares of log price, standard errors robust and clustered by chip group (statsmodels)."
)
PREMIUM_QUESTION = Question(
    "workstation_premium",
    "The workstation premium",
    "How much more does a workstation card cost than a desktop card that does the same?",
    f"{_METHOD} The premium is the coefficient of Workstation, with more and more held equal: nothing; performance; "
    "performance and release year; and power, memory and maker as well.",
    "Prices are asking prices seen up to 2022, and old workstation cards are sold off used. Certified drivers, ECC "
    "memory and support are in the premium, not held equal. G3D Mark is a game benchmark, so that equal performance "
    "means equal in games.",
)
INDEX_QUESTION = Question(
    "price_index",
    "Quality-adjusted price by release year",
    "What does a card of equal quality cost, by the year it was released?",
    f"{_METHOD} The index is the exponential of the release years' coefficients, performance, memory, maker and "
    "segment held equal; 100 is the year with most cards. The trend replaces the years by a straight line.",
    "This is an index of vintages, not of time: all prices were seen up to 2022, so it says what age did to the price "
    "of equal performance, not what cards cost when they were new. Memory grew with performance, so that the "
    "two share what they explain.",
)
_CONTROLS = {
    "nothing": "",
    "performance": " + log_points",
    "performance and release year": " + log_points + C(release_year)",
    "also power, memory and maker": " + log_points + C(release_year) + log_power + log_memory + C(vendor)",
}
_QUALITY = "log_points + log_memory + C(vendor) + is_workstation"


def _take_priced(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> pd.DataFrame:
    rows = take_strict(primary_gpus)
    is_workstation = in_segment(rows, "Workstation")
    sold_alone = (in_segment(rows, "Desktop") | is_workstation) & ~in_segment(rows, "Mobile")
    rows = rows.assign(is_workstation=is_workstation.astype(int))[sold_alone]
    columns = ["price_usd", "g3d_mark", "power_w", "spec_memory_size_gb", "vendor"]
    rows = rows[rows[columns].notna().all(axis=1) & rows["g3d_mark"].ge(options.min_score)]
    require_rows(rows, 8 * options.min_gpus, "priced Desktop and Workstation cards with a sheet of their own")
    by_year = rows.groupby("release_year")["gpu_id"].transform("size")
    rows = rows[by_year >= options.min_gpus]
    if rows["release_year"].nunique() < 3 or rows["is_workstation"].nunique() < 2:
        raise NotAnswerableError("too few release years or segments among the priced cards")
    logs = {
        f"log_{name}": np.log(rows[column])
        for name, column in (
            ("price", "price_usd"), ("points", "g3d_mark"), ("power", "power_w"), ("memory", "spec_memory_size_gb"),
        )
    }  # fmt: skip
    return rows.assign(**logs).reset_index(drop=True)


def measure_premium(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """The workstation premium with more and more held equal.

    Raises:
        NotAnswerableError: too few priced cards.
    """
    rows = _take_priced(primary_gpus, options)
    found: list[dict[str, Any]] = []
    for controls, terms in _CONTROLS.items():
        fit = _regress(f"log_price ~ is_workstation{terms}", rows)
        premium = _coefficient(fit, "is_workstation").map(lambda log: float(np.expm1(log)))
        found.append({"held_equal": controls, **premium.to_columns("premium"), "r2": fit.rsquared, "rows": len(rows)})
    table = pd.DataFrame(found)
    told = "; ".join(f"{row['held_equal']} held equal {_percent(row)}" for row in found)
    full = found[-1]
    if full["premium_low"] <= 0 <= full["premium_high"]:
        ending = "With all of it held equal no premium can be told from none."
    else:
        ending = "With all of it held equal a premium remains." if full["premium"] > 0 else "It is a discount."
    answer = f"With {told}, n = {len(rows)} ({rows['is_workstation'].sum()} workstation cards). {ending}"
    figures = {name: full[name] for name in ("premium", "premium_low", "premium_high")}
    return Study(PREMIUM_QUESTION, answer, len(rows), figures | {"raw_premium": found[0]["premium"]}, table)


def measure_index(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """The quality-adjusted price of each release year, and its trend.

    Raises:
        NotAnswerableError: too few priced cards.
    """
    rows = _take_priced(primary_gpus, options)
    counts = rows["release_year"].value_counts().sort_index()
    base = int(counts.index.to_numpy()[counts.to_numpy().argmax()])
    fit = _regress(f"log_price ~ {_QUALITY} + C(release_year, Treatment({base}))", rows)
    medians = rows.groupby("release_year")["price_usd"].median()
    found = []
    for year, cards in zip(counts.index.astype(int), counts, strict=True):
        name = f"C(release_year, Treatment({base}))[T.{year}]"
        index = Estimate(0.0, 0.0, 0.0) if year == base else _coefficient(fit, name)
        index = index.map(lambda log: float(100 * np.exp(log)))
        raw = float(100 * medians.loc[year] / medians.loc[base])
        found.append({"release_year": year, **index.to_columns("index"), "median_price_index": raw, "rows": int(cards)})
    trend = _coefficient(_regress(f"log_price ~ {_QUALITY} + release_year", rows), "release_year")
    yearly = trend.map(lambda log: float(np.expm1(log)))
    change = f"{100 * yearly.value:+.1f} % a year (95 %: {100 * yearly.low:+.1f} to {100 * yearly.high:+.1f} %)"
    points = _coefficient(fit, "log_points")
    if yearly.includes(0):
        ending = "which includes no change at all"
    elif yearly.value < 0:
        ending = f"so equal quality halves in price over {np.log(0.5) / trend.value:.1f} release years"
    else:
        ending = "so newer cards of equal quality cost more"
    answer = (
        f"The price of equal quality moves by {change} of release, {ending}; n = {len(rows)}. A card twice as fast, "
        f"all else equal, costs × {2**points.value:.2f} (95 %: {2**points.low:.2f} to {2**points.high:.2f}). The "
        f"regression explains {100 * fit.rsquared:.0f} % of the variance of log price."
    ).replace("-", "−")
    figures = {
        **yearly.to_columns("yearly_change"),
        "price_elasticity_of_points": points.value,
        "r2": float(fit.rsquared),
        "base_year": base,
    }
    return Study(INDEX_QUESTION, answer, len(rows), figures, pd.DataFrame(found))


def _regress(formula: str, rows: pd.DataFrame) -> Any:
    # takes a second to import, and every command of Kedro reads this module
    import statsmodels.formula.api as smf

    clusters = pd.factorize(rows["chip_group"])[0]
    return smf.ols(formula, rows).fit(cov_type="cluster", cov_kwds={"groups": clusters})


def _coefficient(fit: Any, name: str) -> Estimate:
    low, high = fit.conf_int().loc[name]
    return Estimate(float(fit.params[name]), float(low), float(high))


def _percent(row: dict[str, Any]) -> str:
    value, low, high = (100 * row[f"premium{end}"] for end in ("", "_low", "_high"))
    return f"{value:+.0f} % (95 %: {low:+.0f} to {high:+.0f} %)".replace("-", "−")
