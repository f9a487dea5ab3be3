"""Figures of the comparison and of the search for recipes, in tables, text and plot."""

import copy
from typing import Any

from gpu_kedro.reports.facts import describe_comparison, describe_tuning
from gpu_kedro.reports.figures.benchmark import draw_comparison
from gpu_kedro.reports.tables.benchmark import (
    autogluon_leads,
    autogluon_records,
    tabulate_comparison,
    tabulate_seeds,
    tabulate_tuning,
)


def _summary(**means: float) -> dict[str, dict[str, float]]:
    return {metric: {"mean": value, "sd": 0.01} for metric, value in means.items()}


OURS = {"rmsle": 0.5, "median_error": 0.125, "r2_log": 0.94, "within_20pct": 0.62, "coverage_90": 0.9, "width_90": 0.65}
BENCHMARK: dict[str, Any] = {
    "seeds": [2317, 1, 2],
    "last_release_year": 2018,
    "autogluon": {
        "bag_folds": 8,
        "cores": 2,
        "memory_gib": 24.0,
        "minutes_per_target": 10.0,
        "presets": "best_quality",
    },
    "targets": {
        "g3d_mark": {
            "level": "everything",
            "comparison": {
                "features": {
                    "ridge": {
                        "seeds": _summary(rmsle=0.64, median_error=0.29),
                        "same_split": {"rmsle": 0.7, "median_error": 0.3},
                    },
                    "ours": {
                        "seeds": _summary(rmsle=0.5, median_error=0.125),
                        "same_split": {"rmsle": 0.48, "median_error": 0.12},
                    },
                    "autogluon": {"status": "not run: make benchmark"},
                },
                "raw": {
                    "ridge": {
                        "seeds": _summary(rmsle=0.9, median_error=0.4),
                        "same_split": {"rmsle": 0.95, "median_error": 0.41},
                    }
                },
            },
            "grouped": {"everything": {"all": _summary(rows=2307.0, **OURS), "vgpu": _summary(rows=38.0, **OURS)}},
            "later_releases": {"specs": {"newer": {"rows": 150.0, **OURS, "mean_width_90": 0.98}}},
        }
    },
}
RECORD = {"version": "1.6.3", "seconds": 598.0}
TUNING = {
    "tdp_w": {
        "level": "everything",
        "recipe": {"degrees_of_freedom": 4.0, "max_features": 1.0, "min_leaf": 1, "process_weight": 0.5},
        "folds": [
            {
                "fold": 0,
                "trials": [{"values": {}, "rmsle": 0.2}, {"values": {}, "rmsle": 0.19}],
                "chosen": {"degrees_of_freedom": 6.0, "max_features": 0.91, "min_leaf": 2, "process_weight": 0.444},
                "inner_rmsle": 0.19,
                "outer": {"chosen": {"rmsle": 0.182}, "recipe": {"rmsle": 0.18}},
            }
        ],
        "outer": {"chosen": {"rmsle": 0.182}, "recipe": {"rmsle": 0.18}},
    }
}


def _asked(rmsle: float, median_error: float) -> dict[str, Any]:
    benchmark = copy.deepcopy(BENCHMARK)
    benchmark["targets"]["g3d_mark"]["comparison"]["features"]["autogluon"] = {
        "status": "run",
        "record": RECORD,
        "same_split": {"rmsle": rmsle, "median_error": median_error},
    }
    return benchmark


def test_a_model_s_row_holds_means_with_deviations_and_the_first_fold():
    ((heading, table),) = tabulate_comparison(BENCHMARK)
    assert heading == "3D performance (G3D Mark), everything known"
    assert table.columns == (
        "model", "inputs", "RMSLE", "median error", "RMSLE, first fold", "median error, first fold",
    )  # fmt: skip
    assert table.rows == (
        ("ridge", "our features", "0.640 ± 0.010", "29.0 ± 1.0 %", "0.700", "30.0 %"),
        ("AutoGluon", "our features", "–", "–", "not run: make benchmark", "–"),
        ("this model", "our features", "0.500 ± 0.010", "12.5 ± 1.0 %", "0.480", "12.0 %"),
        ("ridge", "raw columns", "0.900 ± 0.010", "40.0 ± 1.0 %", "0.950", "41.0 %"),
    )


def test_figures_with_deviations_are_aligned_like_figures():
    ((_, table),) = tabulate_comparison(BENCHMARK)
    assert "<td class=figure>0.500 ± 0.010</td>" in table.to_html()
    assert "<td class=figure>12.5 ± 1.0 %</td>" in table.to_html()


def test_a_comparison_without_autogluon_says_how_to_run_it():
    assert autogluon_records(BENCHMARK) == []
    assert "make benchmark" in describe_comparison(BENCHMARK)["paragraphs"][-1]


def test_the_comparison_holds_how_autogluon_was_asked():
    asked = _asked(0.49, 0.13)
    assert autogluon_records(asked) == [RECORD]
    paragraph = describe_comparison(asked)["paragraphs"][1]
    assert "1.6.3 (best_quality) was given 10 minutes a target on 2 cores (used: 10.0), 24 GiB" in paragraph


def test_autogluon_leads_where_its_figure_is_better_on_the_common_fold():
    assert list(autogluon_leads(_asked(0.49, 0.13))) == []
    leads = _asked(0.47, 0.13)
    assert list(autogluon_leads(leads)) == [("3D performance (G3D Mark)", "RMSLE")]
    assert describe_comparison(leads)["paragraphs"][-1].endswith("3D performance (G3D Mark) (RMSLE).")


def test_our_figures_are_told_by_stratum_and_later_gpus_apart():
    (heading, table), (later_heading, later) = tabulate_seeds(BENCHMARK)
    assert heading == "3D performance (G3D Mark) over 3 seeds"
    assert [row[:5] for row in table.rows] == [
        ("everything known", "all GPUs", "2,307", "0.500 ± 0.010", "12.5 ± 1.0 %"),
    ]
    assert later_heading == "3D performance (G3D Mark), released after 2018, trained on earlier releases"
    assert later.rows[0][:4] == ("name and specifications", "150", "0.500", "12.5 %")
    assert later.rows[0][-1] == "0.980"


def test_a_choice_is_shown_beside_the_recipe_in_use():
    ((heading, table),) = tabulate_tuning(TUNING)
    assert heading == "Power (TDP), everything known"
    assert table.rows == (
        ("fold 0", "0.44", "6", "2", "0.91", "0.190", "0.182", "0.180"),
        ("recipe in use", "0.50", "4", "1", "1.00", "–", "0.182", "0.180"),
    )
    assert describe_tuning(TUNING)["paragraphs"][0].startswith("In each of 1 outer folds 2 recipes were tried")


def test_every_dot_of_the_plot_is_a_model_that_was_run():
    figure = draw_comparison(_asked(0.49, 0.13))
    dots = {trace.name: dict(zip(trace.y, trace.x, strict=True)) for trace in figure.data}
    assert dots == {
        "our features": {"ridge": 0.64, "this model": 0.5},
        "raw columns": {"ridge": 0.9},
        "our features, first fold": {"ridge": 0.7, "this model": 0.48, "AutoGluon": 0.49},
    }
    assert figure.data[0].error_x.array == (0.01, 0.01)
    assert "AutoGluon" not in {name for trace in draw_comparison(BENCHMARK).data for name in trace.y}
