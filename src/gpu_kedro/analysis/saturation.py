"""2D against 3D score: from where they rise together, and where more 3D stops to bring more 2D."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.analysis.findings import Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Counts, Estimate, bootstrap_counts, percentile_interval
from gpu_kedro.analysis.samples import is_desktop_card

QUESTION = Question(
    "score_saturation",
    "2D against 3D score",
    "From which 3D score on does a faster GPU stop to bring a better 2D score?",
    "Discrete desktop cards with both scores (a laptop's 2D score is that of its processor). Two straight lines that "
    "meet in a bend, by least squares, once in points (the saturation point) and once in logarithms (from where both "
    "rise together); the bend is searched on a grid (Muggeo 2003, Estimating regression models with unknown "
    "break-points). 95 % intervals by a bootstrap of chip groups. Saturated would be: no slope above the bend.",
    "The 2D test runs on the processor and the driver as well, and a fast GPU sits in a newer computer: slopes are of "
    "the whole machine. Least squares always puts a bend somewhere: what counts is how the slopes differ.",
)
_LEAST_ROWS = 60
_REPLICATES = 300
_GRID = 80
#: GPUs that lie beyond a bend at the least.
_LEAST_BEYOND = 20


class BrokenLine(NamedTuple):
    """Two lines that meet.

    Args:
        bend: where, on the horizontal axis.
        level: height there.
        below: slope before the bend.
        above: slope after it.
    """

    bend: Estimate
    level: Estimate
    below: Estimate
    above: Estimate


def measure_saturation(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Bend and slopes of 2D over 3D, in points and in logarithms.

    Raises:
        NotAnswerableError: too few desktop cards with both scores.
    """
    rows = primary_gpus[is_desktop_card(primary_gpus) & primary_gpus["g2d_mark"].notna()]
    rows = rows[rows["g3d_mark"].notna()].reset_index(drop=True)
    require_rows(rows, _LEAST_ROWS, "desktop cards with a 2D and a 3D score")
    points_3d, points_2d = rows["g3d_mark"].to_numpy(float), rows["g2d_mark"].to_numpy(float)
    counts = bootstrap_counts(rows["chip_group"], options)[:_REPLICATES]
    linear = fit_broken_line(points_3d / 1000, points_2d, counts)
    logs = fit_broken_line(np.log2(points_3d), np.log2(points_2d), counts)
    saturation = linear.bend.map(lambda thousands: 1000 * thousands)
    start = logs.bend.map(lambda doublings: 2.0**doublings)
    per_thousand, per_doubling = "points of 2D per 1,000 points of 3D", "doublings of 2D per doubling of 3D"
    table = pd.DataFrame(
        {"scale": scale, "figure": figure, **estimate._asdict(), "unit": unit, "rows": len(rows)}
        for scale, figure, estimate, unit in (
            ("linear", "bend", saturation, "points of G3D Mark"),
            ("linear", "level at the bend", linear.level, "points of G2D Mark"),
            ("linear", "slope below", linear.below, per_thousand),
            ("linear", "slope above", linear.above, per_thousand),
            ("logarithmic", "bend", start, "points of G3D Mark"),
            ("logarithmic", "level at the bend", logs.level.map(lambda level: 2.0**level), "points of G2D Mark"),
            ("logarithmic", "slope below", logs.below, per_doubling),
            ("logarithmic", "slope above", logs.above, per_doubling),
        )
    )
    answer = (
        f"The saturation point lies at {_show(saturation)} points of G3D Mark, n = {len(rows)}: 1,000 more points of "
        f"3D go with {_show(linear.below)} more of 2D below it and with {_show(linear.above)} above. "
        f"{_conclude(linear)} In logarithms both rise together from {_show(start)} points on."
    )
    figures = {
        **saturation.to_columns("saturation_points"),
        "slope_below": linear.below.value,
        **linear.above.to_columns("slope_above"),
    }
    return Study(QUESTION, answer, len(rows), figures, table, rows[["name", "g3d_mark", "g2d_mark"]])


def fit_broken_line(x: NDArray[np.float64], y: NDArray[np.float64], counts: Counts) -> BrokenLine:
    """Least squares for two lines that meet, with intervals.

    Args:
        x: (n,) places.
        y: (n,) heights.
        counts: (samples, n) how often each row stands in each bootstrap sample.
    """
    ordered = np.sort(x)
    grid = np.unique(np.quantile(ordered[_LEAST_BEYOND:-_LEAST_BEYOND], np.linspace(0, 1, _GRID)))
    weights = np.vstack([np.ones(x.size), counts])
    fits = [_fit(x, y, bend, weights) for bend in grid]
    best = np.array([errors for errors, _ in fits]).argmin(axis=0)
    solved = np.array([solution for _, solution in fits])[best, np.arange(len(weights))]
    return BrokenLine(*(_estimate(values) for values in (grid[best], *solved.T)))


def _fit(
    x: NDArray[np.float64], y: NDArray[np.float64], bend: float, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Squared error, and (samples, 3): level at the bend, slopes below and above, for each row of weights."""
    design = np.column_stack([np.ones(x.size), np.minimum(x - bend, 0), np.maximum(x - bend, 0)])
    products = np.einsum("ni,nj->nij", design, design).reshape(x.size, -1)
    gram = (weights @ products).reshape(-1, 3, 3)
    moments = weights @ (design * y[:, None])
    # a sample without a GPU beyond the bend has no slope there: the smallest of penalties gives it zero
    solved = np.linalg.solve(gram + 1e-9 * np.eye(3), moments[..., None])[..., 0]
    return weights @ np.square(y) - np.einsum("si,si->s", solved, moments), solved


def _conclude(line: BrokenLine) -> str:
    if line.above.includes(0):
        return "Above it no growth can be told from none: 2D saturates."
    if line.above.value < 0:
        return "Above it 2D falls."
    if line.above.high < line.below.low:
        share = line.above.value / line.below.value
        return f"So returns fall to {100 * share:.0f} % but not to zero: 2D slows down and does not saturate."
    return "The slopes cannot be told apart, so there is no saturation in this table."


def _estimate(values: NDArray[np.float64]) -> Estimate:
    return percentile_interval(float(values[0]), values[1:])


def _show(estimate: Estimate) -> str:
    return f"{estimate:,.0f}".replace("-", "−")
