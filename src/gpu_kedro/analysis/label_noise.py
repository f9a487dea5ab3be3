"""How far two scores of the same model are apart, by the size of the score."""

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.analysis.findings import Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import bootstrap, median_with_interval
from gpu_kedro.analysis.samples import take_strict

QUESTION = Question(
    "label_noise",
    "Noise of the scores",
    "How well do two listings of the same GPU model agree, and does it depend on the score?",
    "Pairs of rows that are strictly matched to the same specification sheet. The factor between their G3D Marks, by "
    "the mean score of the pair; medians, and the standard deviation of one score in natural logarithms (that of a "
    "difference by √2), with 95 % intervals by a bootstrap of sheets.",
    "Two listings of one sheet may still be boards with other clocks, memory or cooling: this is an upper bound of the "
    "noise of measuring, and a lower bound of what a model of names and sheets must get wrong. Scores are whole "
    "numbers, so that a score of 3 is uncertain by a sixth from rounding alone.",
)
_BANDS = ((0, 50, "below 50"), (50, 200, "50–199"), (200, 1000, "200–999"), (1000, np.inf, "1,000 and more"))


def measure_label_noise(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Disagreement of pairs of listings by score band.

    Raises:
        NotAnswerableError: too few pairs.
    """
    pairs = find_pairs(primary_gpus)
    require_rows(pairs, 2 * options.min_gpus, "pairs of rows with the same specification sheet")
    found = []
    for low, high, name in (*_BANDS, (0, np.inf, "all")):
        part = pairs[pairs["points"].ge(low) & pairs["points"].lt(high)]
        if len(part) < options.min_gpus:
            continue
        gaps = np.log(part["factor"].to_numpy(float))
        noise = bootstrap(partial(_noise, gaps), part["spec_name"], options)
        factor = median_with_interval(part["factor"], part["spec_name"], options)
        found.append(
            {
                "points": name,
                **factor.to_columns("factor"),
                **noise.to_columns("sd_log"),
                "rows": len(part),
            }
        )
    table = pd.DataFrame(found)
    require_rows(table, 2, "score bands with enough pairs")
    told = "; ".join(
        f"{row['points']} × {row['factor']:.2f} (95 %: {row['factor_low']:.2f} to {row['factor_high']:.2f}, "
        f"{row['rows']} pairs)"
        for row in found
    )
    bands = table[table["points"] != "all"]
    apart = bands["sd_log_low"].max() > bands["sd_log_high"].min()
    noise_of_all = table.iloc[-1]
    answer = (
        f"Two listings of one model are apart by a median factor of: {told}. The standard deviation of one log score "
        f"is {noise_of_all['sd_log']:.2f} (95 %: {noise_of_all['sd_log_low']:.2f} to "
        f"{noise_of_all['sd_log_high']:.2f}); "
        f"{'it differs between bands' if apart else 'no difference between bands can be told'}."
    )
    figures = {"sd_log": noise_of_all["sd_log"], "median_factor": noise_of_all["factor"], "pairs": len(pairs)}
    return Study(QUESTION, answer, len(pairs), figures, table, pairs)


def find_pairs(primary_gpus: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of neighbours in score: `spec_name, name, other, points` (geometric mean), `factor` (≥ 1)."""
    rows = take_strict(primary_gpus).sort_values(["spec_name", "g3d_mark", "gpu_id"])
    before = rows.groupby("spec_name")[["name", "g3d_mark"]].shift()
    pairs = rows.assign(other=before["name"], lower=before["g3d_mark"])
    pairs = pairs[pairs["lower"].notna()]
    return pairs.assign(points=np.sqrt(pairs["g3d_mark"] * pairs["lower"]), factor=pairs["g3d_mark"] / pairs["lower"])[
        ["spec_name", "name", "other", "points", "factor"]
    ].reset_index(drop=True)


def _noise(gaps: NDArray[np.float64], places: NDArray[np.intp]) -> float:
    return float(np.sqrt(np.square(gaps[places]).mean() / 2))
