"""Nodes of the analysis: each answers one question with a tidy table, a figure and a record in words."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.analysis import (
    benchmark_years,
    frontiers,
    hedonic,
    label_noise,
    leaks,
    missing,
    mobile_penalty,
    power_architectures,
    power_matched,
    power_performance,
    price_performance,
    saturation,
    uplift,
)
from gpu_kedro.analysis.figures import draw_study
from gpu_kedro.analysis.findings import Question, Study, answer_question

#: Table, figure and record of one finding.
Published = tuple[pd.DataFrame, go.Figure, dict[str, Any]]
#: Questions that the primary table answers, in the order of the report.
STUDIES: tuple[tuple[Question, Callable[..., Study]], ...] = (
    (price_performance.QUESTION, price_performance.measure_price_performance),
    (power_performance.QUESTION, power_performance.measure_segments),
    (power_architectures.QUESTION, power_architectures.measure_architectures),
    (power_matched.QUESTION, power_matched.measure_matched),
    (frontiers.PRICE_QUESTION, frontiers.measure_price_frontier),
    (frontiers.POWER_QUESTION, frontiers.measure_power_frontier),
    (saturation.QUESTION, saturation.measure_saturation),
    (mobile_penalty.QUESTION, mobile_penalty.measure_mobile_penalty),
    (uplift.QUESTION, uplift.measure_uplift),
    (hedonic.PREMIUM_QUESTION, hedonic.measure_premium),
    (hedonic.INDEX_QUESTION, hedonic.measure_index),
    (missing.QUESTION, missing.measure_missing),
    (label_noise.QUESTION, label_noise.measure_label_noise),
    (benchmark_years.QUESTION, benchmark_years.measure_benchmark_years),
)
#: Names of all findings, that of the models last.
FINDINGS: tuple[str, ...] = (*(question.name for question, _ in STUDIES), leaks.QUESTION.name)


def publish(question: Question, measure: Callable[..., Study]) -> Callable[..., Published]:
    """The node function of a study; Kedro and Kedro-Viz see the name, docstring and code of the study itself."""
    return update_wrapper(partial(answer, question, measure), measure)


def answer(question: Question, measure: Callable[..., Study], *inputs: Any) -> Published:
    """Measure, and give what the catalog keeps of it."""
    study = answer_question(question, partial(measure, *inputs))
    return study.table, draw_study(study), study.to_record()


def study_leaks(**leakage: Any) -> Published:
    """What columns made from the answer would pretend; `leakage` holds `<target>_leakage`, {} when not trained."""
    by_target = {name.removesuffix("_leakage"): entries for name, entries in leakage.items() if entries}
    return answer(leaks.QUESTION, leaks.measure_leaks, by_target)


def collect_findings(*findings: dict[str, Any]) -> list[dict[str, Any]]:
    """Every finding in the order of the report: what the page, the docs and the notebooks read."""
    return list(findings)
