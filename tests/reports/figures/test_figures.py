import json

import numpy as np
import pandas as pd
import pytest

from gpu_kedro.modelling.evaluation.confidence import median_interval, share_interval
from gpu_kedro.reports.figures.data import draw_ledger, draw_missing
from gpu_kedro.reports.figures.models import (
    draw_confusion,
    draw_coverage,
    draw_errors,
    draw_predicted,
    draw_reliability,
)


def _predictions(rows: int = 12) -> pd.DataFrame:
    """GPUs measured at 100 points; the model is 10 % high, ridge 20 %, the dummy 100 %."""
    grouped = pd.DataFrame(
        {
            "gpu_id": [f"gpu-{place}" for place in range(rows)],
            "split": "grouped",
            "level": "everything",
            "true": np.log(100.0),
            "predicted": np.log(110.0),
            "ridge": np.log(120.0),
            "dummy": np.log(200.0),
        }
    )
    others = grouped.assign(level="name", predicted=np.log(5.0))
    return pd.concat([grouped, others, grouped.assign(split="temporal", predicted=np.log(5.0))], ignore_index=True)


def _model_input(rows: int = 12) -> pd.DataFrame:
    """All NVIDIA desktop cards of 2020; the first nine are joined strictly, one has no specification."""
    return pd.DataFrame(
        {
            "gpu_id": [f"gpu-{place}" for place in range(rows)],
            "name": ["GeForce <b>GTX</b> & co", *(f"GeForce GTX {place}" for place in range(1, rows))],
            "is_strict": [place < 9 for place in range(rows)],
            "match_kind": ["direct"] * 9 + ["none"] + ["loose"] * (rows - 10),
            "g3d_mark": 100.0,
            "segment": "Desktop",
            "vendor": "nvidia",
            "kind": "discrete",
            "spec_release_year": 2020.0,
            "test_year": 2021.0,
        }
    )


def _results() -> dict:
    def strata(share: float) -> dict:
        metrics = {"rows": 100.0, "coverage_80": share - 0.1, "coverage_90": share}
        return {"all": metrics, "vendor_intel": {**metrics, "rows": 9.0}}

    return {
        "target": "tdp_w",
        "splits": {
            split: {"everything": {"ours": strata(share)}} for split, share in (("grouped", 0.9), ("temporal", 0.7))
        },
    }


def test_median_interval_takes_the_40th_and_61st_of_100_values():
    assert median_interval(np.arange(1.0, 101.0)[::-1]) == (50.5, 40.0, 61.0)


def test_median_interval_of_a_few_values_is_their_range():
    assert median_interval(np.array([3.0, 1.0, 2.0])) == (2.0, 1.0, 3.0)


@pytest.mark.parametrize(
    ("share", "rows", "lower", "upper"), [(0.9, 100, 0.8256, 0.9448), (1.0, 10, 0.7225, 1.0), (0.0, 10, 0.0, 0.2775)]
)
def test_share_interval_is_wilsons(share: float, rows: float, lower: float, upper: float):
    assert share_interval(share, rows) == pytest.approx((share, lower, upper), abs=1e-4)


def test_a_share_interval_stays_between_nothing_and_all():
    for rows in range(1, 3000):
        assert share_interval(0.0, rows).lower == 0
        assert share_interval(1.0, rows).upper == 1


def test_predicted_figure_shows_unseen_gpus_by_match_on_logarithmic_axes():
    figure = draw_predicted(_predictions(), _model_input(), "g3d_mark")
    points = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    assert list(points) == ["same model found (9)", "related model found (2)", "no specification (1)"]
    assert list(points["no specification (1)"].x) == [100.0]
    assert list(points["no specification (1)"].y) == [110.0]
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.title.text == "Measured, points (log scale)"
    assert "3D performance (G3D Mark): predicted against measured" in figure.layout.title.text


def test_names_from_data_are_escaped_in_a_figure():
    figure = draw_predicted(_predictions(), _model_input(), "price_usd")
    texts = [text for trace in figure.data for text in trace.text or ()]
    assert "GeForce &lt;b&gt;GTX&lt;/b&gt; &amp; co" in texts
    assert not [text for text in texts if "<" in text]


def test_error_figure_compares_the_model_with_both_baselines_in_each_stratum():
    figure = draw_errors(_predictions(), _model_input(), "g3d_mark")
    errors = {trace.name: dict(zip(trace.y, trace.x, strict=True)) for trace in figure.data}
    assert errors["model"]["all GPUs (12)"] == 10.0
    assert errors["ridge baseline"]["NVIDIA (12)"] == 20.0
    assert errors["dummy baseline"]["Desktop (12)"] == 100.0
    assert "%" in figure.layout.xaxis.title.text


def test_strata_of_fewer_than_ten_gpus_are_not_drawn():
    figure = draw_errors(_predictions(), _model_input(), "g3d_mark")
    assert not [label for label in figure.data[0].y if label.startswith(("same model", "no specification"))]


def test_coverage_figure_shows_both_intervals_of_both_splits_against_their_nominal_share():
    figure = draw_coverage(_results())
    shown = [(trace.name, trace.xaxis, list(trace.y), list(trace.x)) for trace in figure.data]
    assert shown == [
        ("80 % interval", "x", ["all GPUs"], [80.0]),
        ("90 % interval", "x", ["all GPUs"], [90.0]),
        ("80 % interval", "x2", ["all GPUs"], [60.0]),
        ("90 % interval", "x2", ["all GPUs"], [70.0]),
    ]
    assert sorted(line.x0 for line in figure.layout.shapes) == [80, 80, 90, 90]
    assert figure.layout.annotations[1].text == "temporal split (100 GPUs)"
    assert "Power (TDP)" in figure.layout.title.text


def test_coverage_of_the_grouped_split_alone_is_one_panel():
    results = _results()
    del results["splits"]["temporal"]
    assert {trace.xaxis for trace in draw_coverage(results).data} == {"x"}


def _segments() -> pd.DataFrame:
    """Three Desktop GPUs, one taken for Mobile; one GPU that is Mobile and Workstation."""
    return pd.DataFrame(
        {
            "split": "grouped",
            "level": "everything",
            "true": [0, 0, 0, 2],
            "p_Desktop": [0.9, 0.9, 0.2, 0.0],
            "p_Mobile": [0.1, 0.1, 0.8, 0.0],
            "p_Mobile, Workstation": [0.0, 0.0, 0.0, 1.0],
        }
    )


def test_confusion_counts_true_against_likeliest_segments():
    (heatmap,) = draw_confusion(_segments()).data
    assert list(heatmap.y) == ["Desktop (3)", "Mobile (0)", "Mobile, Workstation (1)"]
    assert list(heatmap.x) == ["Desktop", "Mobile", "Mobile,<br>Workstation"]
    assert [list(line) for line in heatmap.text] == [["2", "1", ""], ["", "", ""], ["", "", "1"]]
    assert [list(line) for line in heatmap.z] == [[66.667, 33.333, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 100.0]]


def test_reliability_sets_observed_shares_against_probabilities_with_counts():
    figure = draw_reliability(_segments())
    desktop = next(trace for trace in figure.data if trace.name == "Desktop" and trace.type == "scatter")
    counts = next(trace for trace in figure.data if trace.name == "Desktop" and trace.type == "bar")
    assert (list(desktop.x), list(desktop.y)) == ([0.0, 0.2, 0.9], [0.0, 1.0, 1.0])
    assert (list(counts.x), list(counts.y)) == ([0.05, 0.25, 0.95], [1, 1, 2])
    assert figure.layout.xaxis2.title.text == "Predicted probability of the segment"
    assert figure.layout.yaxis.title.text == "Observed share"


def test_missing_figure_gives_the_share_by_column_and_segment():
    gpus = pd.DataFrame(
        {
            "segment": pd.array(["Desktop", "Desktop, Mobile", None, None], dtype="str"),
            "g3d_mark": [1.0, 2.0, 3.0, 4.0],
            "g2d_mark": 1.0,
            "price_usd": [1.0, None, None, None],
            "tdp_w": 1.0,
            "test_year": 2020.0,
            "spec_fp32_gflops": [1.0, 1.0, 1.0, None],
        }
    )
    (heatmap,) = draw_missing(gpus).data
    assert list(heatmap.x) == ["all<br>(4)", "Desktop<br>(2)", "Mobile<br>(1)", "unknown<br>(2)"]
    assert list(heatmap.y) == ["price_usd", "spec_fp32_gflops"]
    assert [list(line) for line in heatmap.z] == [[75.0, 50.0, 100.0, 100.0], [25.0, 0.0, 0.0, 50.0]]


def test_ledger_figure_shows_every_rule_that_fired_by_action():
    summary = {
        "rows_in": 2317,
        "rows_kept": 2307,
        "rows_rejected": 10,
        "by_rule": [
            {"rule": "not_a_gpu", "action": "rejected", "column": "name", "entries": 10},
            {"rule": "unknown_segment", "action": "set_missing", "column": "category", "entries": 1341},
        ],
    }
    figure = draw_ledger(summary)
    assert {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data} == {
        "rejected": ([10], ["not_a_gpu · name"]),
        "set missing": ([1341], ["unknown_segment · category"]),
    }
    assert "2,317 rows in, 2,307 kept, 10 rejected" in figure.layout.title.text


def test_every_figure_has_a_title_and_labelled_axes_and_is_json():
    figures = [
        draw_predicted(_predictions(), _model_input(), "tdp_w"),
        draw_errors(_predictions(), _model_input(), "tdp_w"),
        draw_coverage(_results()),
        draw_confusion(_segments()),
        draw_reliability(_segments()),
    ]
    for figure in figures:
        assert figure.layout.title.text
        assert figure.layout.yaxis.title.text
        assert figure.layout.xaxis.title.text or figure.layout.xaxis2.title.text
        assert json.loads(figure.to_json())["data"]


def test_drawing_leaves_its_inputs_alone():
    predictions, model_input = _predictions(), _model_input()
    draw_predicted(predictions, model_input, "tdp_w")
    draw_errors(predictions, model_input, "tdp_w")
    pd.testing.assert_frame_equal(predictions, _predictions())
    pd.testing.assert_frame_equal(model_input, _model_input())
