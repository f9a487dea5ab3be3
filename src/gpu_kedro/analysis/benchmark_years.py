"""Test year against release year: why one must not stand for the other."""

import pandas as pd

from gpu_kedro.analysis.findings import Question, Study
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import median_with_interval
from gpu_kedro.analysis.samples import take_known
from gpu_kedro.analysis.trends import fit_mean_trend

QUESTION = Question(
    "benchmark_years",
    "Test year against release year",
    "How far is the year of a GPU's benchmark from the year of its release?",
    "Strictly matched GPUs with a test year. Lag: test year less the release year of the specification; its median "
    "with a 95 % interval by a bootstrap of chip groups. What the mistake would cost: the doubling time of G3D Mark "
    "against either year.",
    "The test year is that of the listing, which begins in 2009: older GPUs cannot have an earlier one. Years are "
    "whole, so that a lag of one year may be one month. A negative lag is a wrong match or a wrong year.",
)
#: The listing begins here.
_FIRST_TEST_YEAR = 2009


def measure_benchmark_years(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Lags by release year, and doubling times by either year.

    Raises:
        NotAnswerableError: too few GPUs with both years.
    """
    rows = take_known(primary_gpus, "test_year", options, "GPUs with a test year and a release year")
    rows = rows.assign(lag=rows["test_year"] - rows["release_year"])
    table = pd.DataFrame(
        {
            "release_year": int(part["release_year"].iloc[0]),
            "median_test_year": float(part["test_year"].median()),
            "test_year_p10": float(part["test_year"].quantile(0.1)),
            "test_year_p90": float(part["test_year"].quantile(0.9)),
            "median_lag": float(part["lag"].median()),
            "rows": len(part),
        }
        for _, part in rows.groupby("release_year")
    )
    lag = median_with_interval(rows["lag"], rows["chip_group"], options)
    honest = fit_mean_trend(rows, rows["g3d_mark"], options)
    mistaken = fit_mean_trend(rows.assign(release_year=rows["test_year"]), rows["g3d_mark"], options)
    same, far, early = (float(mask.mean()) for mask in (rows["lag"].eq(0), rows["lag"].ge(3), rows["lag"].lt(0)))
    old = int((rows["test_year"].eq(_FIRST_TEST_YEAR) & rows["release_year"].lt(_FIRST_TEST_YEAR - 2)).sum())
    answer = (
        f"The median lag, in years, is {lag:.0f}, n = {len(rows)}; "
        f"{100 * same:.0f} % were tested in their release year, {100 * far:.0f} % three years later or more, "
        f"{100 * early:.1f} % before it. {old} GPUs of before {_FIRST_TEST_YEAR - 2} stand under {_FIRST_TEST_YEAR}. "
        f"G3D Mark doubles every {honest.describe()} by release year; by test year one would say {mistaken.describe()}."
    )
    figures = {
        "median_lag_years": lag.value,
        "share_tested_in_release_year": same,
        "share_three_years_later": far,
        "doubling_years_by_release": honest.doubling_years.value,
        "doubling_years_by_test": mistaken.doubling_years.value,
    }
    return Study(QUESTION, answer, len(rows), figures, table, rows[["name", "release_year", "test_year", "lag"]])
