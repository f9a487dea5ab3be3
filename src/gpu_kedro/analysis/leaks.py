"""What the ratio columns of the public compilation would pretend, beside honest scores of the same model."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study
from gpu_kedro.modelling.targets import TARGETS

QUESTION = Question(
    "leaky_models",
    "Leaky against honest",
    "How good would a model look that sees columns made from its answer?",
    "The same gradient-boosted model on the same GPUs and grouped folds, without and with score / price and "
    "score / power (gpuValue, powerPerformance), which contain the answer of every target. Median relative error.",
    "Only GPUs with a price and a power take part, and the model is plain: both figures are for comparing with each "
    "other, not with the headline results.",
)


def measure_leaks(leakage: Mapping[str, Sequence[Mapping[str, Any]]]) -> Study:
    """Median errors of the honest and the leaky model.

    Args:
        leakage: target → entries of `gpu_kedro.modelling.evaluation.leakage.compare_leaky`, empty where not trained.

    Raises:
        NotAnswerableError: nothing is trained yet.
    """
    found = [
        {
            "target": target,
            "title": TARGETS[target].title,
            "variant": entry["variant"],
            "median_error": entry["median_error"],
            "r2_log": entry["r2_log"],
            "rows": int(entry["rows"]),
        }
        for target, entries in leakage.items()
        for entry in entries
    ]
    if not found:
        raise NotAnswerableError("no model is trained yet; `kedro run` trains them")
    table = pd.DataFrame(found)
    errors = table.pivot(index="target", columns="variant", values="median_error").loc[table["target"].unique()]
    told = "; ".join(
        f"{TARGETS[str(target)].title} {100 * row['honest']:.1f} % honest, {100 * row['leaky']:.1f} % with the leak"
        for target, row in errors.iterrows()
    )
    figures = {
        f"{target}_{variant}_median_error": float(row[variant])
        for target, row in errors.iterrows()
        for variant in ("honest", "leaky")
    }
    smallest = float((errors["honest"] / errors["leaky"]).min())
    verdict = (
        f"The leak shrinks every error by a factor of {smallest:.1f} or more, with nothing learned about GPUs."
        if smallest > 1
        else "Not every error shrinks: on this table the leak does not help every target."
    )
    answer = f"Median errors: {told}. {verdict}"
    return Study(QUESTION, answer, int(table["rows"].max()), figures, table)
