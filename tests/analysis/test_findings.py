"""Every finding on the project's whole table: what it must always have."""

import json
import re

import pandas as pd
import pytest

from gpu_kedro.analysis.figures import draw_study
from gpu_kedro.analysis.findings import Study
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.pipelines.reporting.analysis_nodes import FINDINGS, STUDIES

OPTIONS = AnalysisOptions(min_gpus=5, min_score=50, replicates=100, seed=2317)


@pytest.fixture(scope="session")
def studies(primary_gpus: pd.DataFrame) -> dict[str, Study]:
    return {question.name: measure(primary_gpus, OPTIONS) for question, measure in STUDIES}


def test_each_finding_says_what_was_asked_how_and_with_which_caveat(studies: dict[str, Study]):
    assert set(studies) == set(FINDINGS) - {"leaky_models"}
    for study in studies.values():
        record = study.to_record()
        assert all(len(record[part]) > 20 for part in ("question", "method", "caveat", "answer")), record["name"]
        assert record["rows"] > 0
        assert "95 %" in record["answer"] or "95 %" in record["method"], record["name"]
        json.dumps(record, allow_nan=False)


def test_the_findings_on_the_project_s_table_stay_what_they_are(studies: dict[str, Study]):
    """Measured on the committed table; a figure that moves by more than resampling does has to be looked at."""
    expected = {
        ("price_performance", "doubling_years"): 3.40,
        ("power_performance", "doubling_years_desktop"): 2.72,
        ("power_matched", "mobile_per_desktop_matched"): 1.54,
        ("mobile_penalty", "ratio"): 0.73,
        ("generational_uplift", "ratio"): 1.315,
        ("workstation_premium", "premium"): 0.66,
        ("price_index", "yearly_change"): -0.053,
        ("missing_values", "price_bias"): 2.31,
    }
    found = {(name, figure): studies[name].figures[figure] for name, figure in expected}
    assert found == pytest.approx(expected, rel=0.02)


def test_intervals_hold_their_estimates(studies: dict[str, Study]):
    for study in studies.values():
        for name, value in study.figures.items():
            low, high = study.figures.get(f"{name}_low"), study.figures.get(f"{name}_high")
            assert low is None or high is None or low <= value <= high, (study.question.name, name)


def test_the_same_table_gives_the_same_finding(studies: dict[str, Study], primary_gpus: pd.DataFrame):
    for question, measure in STUDIES:
        if question.name != "price_performance":  # quantile regressions take a second
            assert measure(primary_gpus, OPTIONS).to_record() == studies[question.name].to_record()


def test_figures_have_titles_axes_with_words_and_the_number_of_gpus(studies: dict[str, Study]):
    for name, study in studies.items():
        figure = draw_study(study)
        assert study.question.title in figure.layout.title.text, name
        assert re.search(r"\d", re.sub(r".*<sup>", "", figure.layout.title.text)) or "n =" in str(figure), name
        axes = [figure.layout[key] for key in figure.to_dict()["layout"] if re.fullmatch(r"[xy]axis\d*", key)]
        assert len(axes) >= 2
        assert all(axis.title.text for axis in axes), name
        assert len(figure.to_json()) < 60_000, name


def test_names_from_the_table_are_harmless_in_figures(primary_gpus: pd.DataFrame):
    gpus = primary_gpus.assign(name="<b>GPU</b>")
    for question, measure in STUDIES:
        if question.name in ("price_frontier", "power_performance", "score_saturation", "generational_uplift"):
            assert "<b>GPU" not in draw_study(measure(gpus, OPTIONS)).to_json()


def test_a_study_without_an_answer_has_an_empty_figure(primary_gpus: pd.DataFrame):
    question, _ = STUDIES[0]
    assert draw_study(Study(question, "", 0, {}, pd.DataFrame())).data == ()
