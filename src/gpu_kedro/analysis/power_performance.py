"""Performance per watt over release years, by segment."""

import pandas as pd

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.samples import POWER_CAVEAT, label_segments, take_powered
from gpu_kedro.analysis.trends import fit_mean_trend

QUESTION = Question(
    "power_performance",
    "Performance per watt by segment",
    "How fast did performance per watt grow in each segment?",
    "GPUs with a power, a labelled segment and a strictly matched specification. Ordinary least squares of "
    "log2(points per watt) on the release year in each segment; 95 % intervals by a bootstrap of chip groups. A GPU "
    "with two labels counts in both.",
    f"{POWER_CAVEAT} Unlabelled GPUs are not in it, and segments share chips.",
)


def measure_segments(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Doubling time of points per watt in each segment.

    Raises:
        NotAnswerableError: too few GPUs with a power.
    """
    rows = take_powered(primary_gpus, options)
    parts = {name: part for name, part in label_segments(rows).items() if len(part) >= 2 * options.min_gpus}
    if not parts:
        raise NotAnswerableError("no segment has enough GPUs with a power")
    trends = {name: fit_mean_trend(part, part["points_per_w"], options) for name, part in parts.items()}
    table = pd.DataFrame(
        {
            "segment": name,
            **trend.to_row(),
        }
        for name, trend in trends.items()
    )
    told = "; ".join(f"{name} {trend.describe()}, n = {trend.rows}" for name, trend in trends.items())
    lows = [trend.doubling_years.low for trend in trends.values()]
    highs = [trend.doubling_years.high for trend in trends.values()]
    overlap = "all overlap: no segment is shown to grow faster" if max(lows) <= min(highs) else "do not all overlap"
    figures: dict[str, float] = {}
    for name, trend in trends.items():
        figures |= trend.doubling_years.to_columns(f"doubling_years_{name.lower()}")
    labelled = rows[rows["segment"].notna()]
    answer = f"Points per watt double in {told}. The intervals {overlap}."
    return Study(QUESTION, answer, len(labelled), figures, table, labelled)
