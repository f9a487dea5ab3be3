"""Performance per dollar over release years."""

import pandas as pd

from gpu_kedro.analysis.findings import Question, Study
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.samples import label_segments, take_known
from gpu_kedro.analysis.trends import Trend, fit_mean_trend, fit_quantile_trend

#: Epoch's estimate for all GPUs of 2006 to 2021: years in which FP32 FLOP/s per inflation-adjusted dollar double.
#: Source: Hobbhahn and Besiroglu (2022), Trends in GPU price-performance, Epoch.
EPOCH_YEARS, EPOCH_LOW, EPOCH_HIGH = 2.46, 2.24, 2.72
_EPOCH_SPAN = (2006, 2021)
QUESTION = Question(
    "price_performance",
    "Performance per dollar",
    "How fast did the performance that a dollar buys grow over release years?",
    "GPUs with a price and a strictly matched specification. Ordinary least squares of log2(points per dollar) on the "
    "release year, and quantile regression for the median and the 90th percentile (Koenker and Bassett 1978); 95 % "
    "intervals by a bootstrap of chip groups. Epoch (Hobbhahn and Besiroglu 2022) found 2.46 years [2.24, 2.72] for "
    "FP32 FLOP/s per inflation-adjusted dollar at release, GPUs of 2006 to 2021.",
    "Prices are asking prices seen up to 2022, not prices at release: old cards are sold off or are collectors' "
    "items. So this is what one dollar bought at about the same time by the age of the design, and differs from Epoch "
    "in the measure (a game benchmark against peak FP32), in the price and in the choice of GPUs. The growth is not "
    "steady: the answer depends on the years that enter. Cards without a price are not in it.",
)


def measure_price_performance(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Doubling times of points, and of FP32 FLOP/s, per dollar; by segment and by span of years.

    Raises:
        NotAnswerableError: too few GPUs with a price.
    """
    rows = take_known(primary_gpus, "price_usd", options, "GPUs with a price and a specification of their own")
    rows = rows.assign(points_per_usd=rows["g3d_mark"] / rows["price_usd"])
    points = rows["points_per_usd"]
    headline = fit_mean_trend(rows, points, options)
    trends = {
        ("points per dollar", "all GPUs", "mean"): headline,
        ("points per dollar", "all GPUs", "median"): fit_quantile_trend(rows, points, 0.5, options),
        ("points per dollar", "all GPUs", "90th percentile"): fit_quantile_trend(rows, points, 0.9, options),
    }
    span = f"released {_EPOCH_SPAN[0]}–{_EPOCH_SPAN[1]}"
    subsets = {span: rows[rows["release_year"].between(*_EPOCH_SPAN)], **label_segments(rows)}
    for name, part in subsets.items():
        if len(part) >= 2 * options.min_gpus:
            trends["points per dollar", name, "mean"] = fit_mean_trend(part, part["points_per_usd"], options)
    with_flops = subsets[span][subsets[span]["spec_fp32_gflops"].notna()]
    if len(with_flops) >= 2 * options.min_gpus:
        ratio = with_flops["spec_fp32_gflops"] / with_flops["price_usd"]
        trends["FP32 GFLOP/s per dollar", span, "mean"] = fit_mean_trend(with_flops, ratio, options)
    figures = {**headline.doubling_years.to_columns("doubling_years"), "epoch_years": EPOCH_YEARS}
    return Study(QUESTION, _answer(trends, span), len(rows), figures, _tabulate(trends), rows)


def _answer(trends: dict[tuple[str, str, str], Trend], span: str) -> str:
    headline = trends["points per dollar", "all GPUs", "mean"]
    years = headline.doubling_years
    text = f"Points per dollar double every {headline.describe()}, n = {headline.rows}."
    epoch = f"Epoch's {EPOCH_YEARS} years [{EPOCH_LOW}, {EPOCH_HIGH}]"
    if years.low > EPOCH_HIGH:
        text += f" That is slower than {epoch}: the intervals are apart."
    elif years.high < EPOCH_LOW:
        text += f" That is faster than {epoch}: the intervals are apart."
    else:
        text += f" Its interval overlaps {epoch}."
    same_span = trends.get(("points per dollar", span, "mean"))
    flops = trends.get(("FP32 GFLOP/s per dollar", span, "mean"))
    if same_span:
        text += f" On Epoch's years (2006–2021) it is {same_span.describe()}"
        text += f", and for FP32 GFLOP/s instead of points {flops.describe()}." if flops else "."
    top = trends["points per dollar", "all GPUs", "90th percentile"]
    return f"{text} For the 90th percentile, the bargains, it is {top.describe()}."


def _tabulate(trends: dict[tuple[str, str, str], Trend]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "measure": measure,
            "gpus": gpus,
            "line": line,
            **trend.to_row(),
        }
        for (measure, gpus, line), trend in trends.items()
    )
