"""What the table lacks, by release year and segment, and how those that lack it differ."""

import numpy as np
import pandas as pd

from gpu_kedro.analysis.findings import Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Counts, Estimate, bootstrap_counts, percentile_interval
from gpu_kedro.analysis.samples import label_segments, take_strict

QUESTION = Question(
    "missing_values",
    "What is missing, and the bias it brings",
    "Which GPUs have a price, a power and a segment, and are they like those that do not?",
    "Shares of strictly matched GPUs that have each figure, by release year and by labelled segment. Bias: the ratio "
    "of the geometric mean G3D Mark of GPUs with the figure to that of GPUs without it, within each release year, "
    "averaged over the years by the smaller count; 95 % intervals by a bootstrap of chip groups.",
    "A bias in performance only: what is missing may differ in ways that nobody measured. GPUs without a matched "
    "specification have no release year here. A power from the specification sheet does not count as known.",
)
FIELDS = {"price_usd": "price", "tdp_w": "power", "segment": "segment"}


def measure_missing(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Known shares by release year and segment, and the bias in performance of each figure.

    Raises:
        NotAnswerableError: too few GPUs with a release year.
    """
    rows = take_strict(primary_gpus).reset_index(drop=True)
    require_rows(rows, 4 * options.min_gpus, "GPUs with a specification of their own")
    groups = [("release_year", str(year), part) for year, part in rows.groupby("release_year")]
    groups += [("segment", name, part) for name, part in label_segments(rows).items()]
    groups += [("segment", "unknown", rows[rows["segment"].isna()]), ("all", "all", rows)]
    found = [
        {"by": by, "group": group, "field": words, "known_share": float(part[column].notna().mean()), "rows": len(part)}
        for by, group, part in groups
        if len(part) >= options.min_gpus
        for column, words in FIELDS.items()
        if not (by == "segment" and column == "segment")
    ]  # fmt: skip
    counts = bootstrap_counts(rows["chip_group"], options)
    biases = {words: _compare(rows, column, counts) for column, words in FIELDS.items()}
    found += [
        {"by": "bias", "group": "with / without", "field": words, "known_share": float(rows[column].notna().mean()),
         "rows": len(rows), **bias.to_columns("ratio")}
        for (column, words), bias in zip(FIELDS.items(), biases.values(), strict=True)
    ]  # fmt: skip
    shares = {words: rows[column].notna().mean() for column, words in FIELDS.items()}
    known = ", ".join(f"{words} {100 * share:.0f} %" for words, share in shares.items())
    told = "; ".join(f"{words} {_judge(bias)}" for words, bias in biases.items())
    answer = (
        f"Known of {len(rows)} GPUs: {known}. In the same release year, GPUs with the figure are, against those "
        f"without: {told}."
    )
    figures: dict[str, float] = {}
    for words, bias in biases.items():
        figures |= bias.to_columns(f"{words}_bias")
    return Study(QUESTION, answer, len(rows), figures, pd.DataFrame(found))


def _compare(rows: pd.DataFrame, column: str, counts: Counts) -> Estimate:
    """Ratio of geometric means of points, with against without, within release years."""
    logs = np.log2(rows["g3d_mark"].to_numpy(float))
    known = rows[column].notna().to_numpy()
    years = pd.factorize(rows["release_year"])[0]
    weights = np.vstack([np.ones(len(rows)), counts])
    belongs = (years[:, None] == np.unique(years)).astype(float)
    sums = {
        side: ((weights * mask) @ belongs, (weights * mask * logs) @ belongs)
        for side, mask in ((1, known), (0, ~known))
    }
    shared = np.minimum(sums[1][0], sums[0][0])
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = sums[1][1] / sums[1][0] - sums[0][1] / sums[0][0]
        means = np.nansum(np.where(shared > 0, gaps * shared, 0), axis=1) / shared.sum(axis=1)
    return percentile_interval(float(means[0]), means[1:]).map(lambda doublings: 2.0**doublings)


def _judge(bias: Estimate) -> str:
    text = f"× {bias.value:.2f} as fast (95 %: {bias.low:.2f} to {bias.high:.2f})"
    return f"{text}, no bias can be told" if bias.includes(1) else text
