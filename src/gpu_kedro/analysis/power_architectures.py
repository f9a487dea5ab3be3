"""Performance per watt by architecture."""

import pandas as pd

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import median_with_interval
from gpu_kedro.analysis.samples import POWER_CAVEAT, take_powered

QUESTION = Question(
    "power_architectures",
    "Performance per watt by architecture",
    "Which architectures moved performance per watt?",
    "Median points per watt of the GPUs of each architecture, by the median release year; 95 % intervals by a "
    "bootstrap of chip groups. Architectures with too few GPUs are left out.",
    f"{POWER_CAVEAT} A median over an architecture mixes its small and large chips, and its segments.",
)


def measure_architectures(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Median points per watt of each architecture, oldest first.

    Raises:
        NotAnswerableError: no architecture has enough GPUs with a power.
    """
    rows = take_powered(primary_gpus, options)
    rows = rows[rows["spec_architecture"].notna()]
    found = []
    for name, part in rows.groupby("spec_architecture"):
        if len(part) < options.min_gpus:
            continue
        estimate = median_with_interval(part["points_per_w"], part["chip_group"], options)
        found.append(
            {
                "architecture": str(name),
                "manufacturer": str(part["spec_manufacturer"].mode().iloc[0]),
                "release_year": float(part["release_year"].median()),
                **estimate.to_columns("points_per_w"),
                "rows": len(part),
            }
        )
    if not found:
        raise NotAnswerableError("no architecture has enough GPUs with a power")
    table = pd.DataFrame(found).sort_values(["release_year", "architecture"], ignore_index=True)
    best = table.iloc[int(table["points_per_w"].argmax())]
    told = []
    for maker in sorted(table["manufacturer"].unique()):
        own = table[table["manufacturer"] == maker].reset_index(drop=True)
        if len(own) < 2:
            continue
        steps = own["points_per_w"] / own["points_per_w"].shift()
        place = int(steps.idxmax())
        told.append(
            f"{maker}'s largest step is from {own['architecture'][place - 1]} to {own['architecture'][place]}, "
            f"× {steps[place]:.2f}"
        )
    answer = (
        f"{best['architecture']} leads with a median of {best['points_per_w']:.0f} points per watt "
        f"(95 %: {best['points_per_w_low']:.0f} to {best['points_per_w_high']:.0f}, n = {best['rows']}). "
        f"{'; '.join(told)}."
    )
    figures = {"best_points_per_w": best["points_per_w"], "architectures": len(table)}
    return Study(QUESTION, answer, int(table["rows"].sum()), figures, table)
