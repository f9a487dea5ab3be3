"""Every rung of the ladder of knowledge, and every reason not to answer, in single answers and in columns."""

from typing import Any

import pytest

from gpu_kedro.serving.runtime import Runtime

FIGURES = ("g3d_mark", "price_usd", "tdp_w")
Query = dict[str, Any]


@pytest.mark.parametrize(
    ("query", "field", "value", "source"),
    [
        ({"name": "RTX 3060"}, "price_usd", 329.0, "measured"),
        ({"name": "RTX 3060", "price_usd": 210}, "price_usd", 329.0, "measured"),
        ({"name": "RX 6600", "tdp_w": 100}, "tdp_w", 100, "given"),
        ({"name": "GeForce", "tdp_w": 200, "price_usd": 300}, "tdp_w", 200, "given"),
        ({"name": "GeForce", "tdp_w": 200, "price_usd": 300}, "price_usd", 300, "given"),
        ({"name": "RX 6600"}, "tdp_w", 132.0, "listed"),
        ({"name": "RX 6500 XT"}, "tdp_w", 107.0, "listed"),
        ({"name": "GeForce RTX 5090"}, "tdp_w", 575.0, "listed"),
        ({"name": "RX 6600", "specs": {"tdp_w": 90}}, "tdp_w", 90, "listed"),
        ({"specs": {"shading_units": 4000, "tdp_w": 180}}, "tdp_w", 180, "listed"),
        ({"name": "GeForce GPU"}, "price_usd", None, "none"),
        ({"name": "Apple M2 Pro"}, "tdp_w", None, "none"),
        ({"name": "Apple M2 Pro", "tdp_w": 30}, "tdp_w", 30, "given"),
        ({"name": "Microsoft Basic Display Adapter", "tdp_w": 30}, "tdp_w", None, "none"),
    ],
)
def test_the_first_rung_that_is_known_is_given_out(runtime: Runtime, query: Query, field: str, value: Any, source: str):
    (answer,) = runtime.predict([query])
    assert (answer[field]["value"], answer[field]["source"]) == (value, source)
    columns = runtime.predict_columns([query])
    assert (columns[f"{field}_value"], columns[f"{field}_source"]) == ([value], [source])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Radeon RX 6600 Dual + Vega 8", "dual"), ("GeForce RTX 3070 Ultra", None), ("Radeon HD 7800", "family")],
)
def test_the_sheet_of_a_relative_states_nothing(runtime: Runtime, name: str, kind: str | None):
    (answer,) = runtime.predict([{"name": name}])
    assert kind is None or answer["match"]["kind"] == kind
    assert (answer["tdp_w"]["source"] == "listed") == (answer["match"]["kind"] in ("direct", "alias", "close"))


def test_what_nobody_knows_is_predicted(runtime: Runtime):
    (answer,) = runtime.predict([{"name": "RX 6600"}])
    assert answer["price_usd"]["value"] == answer["price_usd"]["predicted"] > 0
    assert (answer["price_usd"]["source"], answer["price_usd"]["date"], answer["price_usd"]["origin"]) == (
        "predicted",
        None,
        None,
    )


def test_what_is_measured_has_its_year_and_the_table_as_origin(runtime: Runtime):
    (answer,) = runtime.predict([{"name": "Quadro K620"}])
    dates = {field: (answer[field]["date"], answer[field]["origin"]) for field in (*FIGURES, "segment")}
    assert dates == {
        "g3d_mark": ("2014", "table"),
        "price_usd": ("2022", "table"),
        "tdp_w": ("2022", "table"),
        "segment": ("2022", "table"),
    }


def test_the_prediction_stays_beside_whatever_is_given_out(runtime: Runtime):
    (answer,) = runtime.predict([{"name": "RTX 3060", "tdp_w": 100}])
    for field in FIGURES:
        figure = answer[field]
        assert figure["value"] != figure["predicted"]
        assert figure["interval_90"][0] < figure["predicted"] < figure["interval_90"][1]


@pytest.mark.parametrize(
    ("query", "answer", "code", "labels"),
    [
        ({"name": "RTX 3060"}, "full", None, ["Desktop"]),
        ({"name": "Microsoft Basic Display Adapter"}, "none", "not_a_gpu", []),
        ({"name": "Apple M2 Pro"}, "none", "not_covered", []),
        ({"name": "Adreno 640", "tdp_w": 5}, "partial", "not_covered", []),
        ({"name": "GeForce GPU"}, "partial", "too_little_known", ["Mobile"]),
    ],
)
def test_an_answer_says_whether_it_is_whole_and_why_not(
    runtime: Runtime, query: Query, answer: str, code: str | None, labels: list[str]
):
    (told,) = runtime.predict([query])
    reason = told["reason"]
    assert (told["answer"], None if reason is None else reason["code"]) == (answer, code)
    assert reason is None or len(reason["detail"]) > 20
    if code != "too_little_known":
        assert told["segment"]["labels"] == labels
    columns = runtime.predict_columns([query])
    assert (columns["answer"], columns["reason"]) == ([answer], [code])
    assert columns["segment"] == [", ".join(told["segment"]["labels"])]


@pytest.mark.parametrize("name", ["Microsoft Basic Display Adapter", "Apple M2 Pro"])
def test_of_what_is_refused_the_models_say_nothing(runtime: Runtime, name: str):
    (told,) = runtime.predict([{"name": name}])
    for field in FIGURES:
        parts = [told[field][part] for part in ("value", "predicted", "interval_80", "interval_90")]
        assert parts == [None] * 4
    segment = told["segment"]
    assert (segment["source"], segment["predicted"], segment["probabilities"]) == ("none", [], None)
    assert told["warnings"] == []
    columns = runtime.predict_columns([{"name": "RTX 3060"}, {"name": name}])
    empty = [column for column, cells in columns.items() if cells[1] is None]
    ends = ("value", "predicted", "low_80", "high_80", "low_90", "high_90")
    assert set(empty) == {f"{field}_{end}" for field in FIGURES for end in ends} | {
        "p_desktop", "p_mobile", "p_workstation", "match_spec",
    }  # fmt: skip
    assert all(columns[column][0] is not None for column in empty)


def test_where_too_little_is_known_the_interval_stays(runtime: Runtime):
    (told,) = runtime.predict([{"name": "GeForce GPU"}])
    low, high = told["price_usd"]["interval_90"]
    assert high > 20 * low
    assert told["price_usd"]["value"] is None
    assert low < told["price_usd"]["predicted"] < high
    assert told["g3d_mark"]["source"] == "measured"
    for field in ("price_usd", "tdp_w"):
        low, high = told[field]["interval_90"]
        assert (told[field]["source"] == "none") == (high > 20 * low)


@pytest.mark.parametrize("name", ["NVIDIA GeForce", "AMD Radeon Graphics", "Carte graphique NVIDIA 16 Go"])
def test_a_makers_name_alone_gets_intervals_only(runtime: Runtime, name: str):
    (told,) = runtime.predict([{"name": name}])
    assert (told["answer"], told["reason"]["code"], told["segment"]["labels"]) == ("none", "too_little_known", [])
    for field in ("g3d_mark", "price_usd", "tdp_w"):
        low, high = told[field]["interval_90"]
        assert told[field]["value"] is None
        assert low < told[field]["predicted"] < high


def test_without_a_sheet_no_figure_is_given_out_whose_interval_says_nothing(runtime: Runtime):
    (told,) = runtime.predict([{"name": "GeForce RTX 9999", "tdp_w": 200, "price_usd": 300}])
    assert (told["tdp_w"]["value"], told["price_usd"]["value"]) == (200, 300)
    low, high = told["g3d_mark"]["interval_90"]
    assert (told["g3d_mark"]["value"] is None) == (high > 20 * low)


@pytest.mark.parametrize("name", ["Apple M2 Pro", "Microsoft Basic Display Adapter"])
def test_with_a_sheet_of_the_askers_the_models_answer(runtime: Runtime, name: str):
    sheet = {"shading_units": 4864, "boost_clock_mhz": 1400, "memory_bandwidth_gb_s": 200, "tdp_w": 60}
    (told,) = runtime.predict([{"name": name, "specs": sheet}])
    assert (told["answer"], told["reason"]) == ("full", None)
    assert (told["tdp_w"]["value"], told["tdp_w"]["source"]) == (60, "listed")
    assert told["g3d_mark"]["value"] == told["g3d_mark"]["predicted"] > 0


@pytest.mark.parametrize(
    ("query", "code", "field", "words"),
    [
        ({"name": "Quadro K620"}, "outlier_listing", "price_usd", "a listing of scarce stock; doubt the price"),
        ({"name": "RX 6600", "tdp_w": 300}, "doubt_value", "tdp_w", "300 W is given, but the model says"),
        (
            {"name": "GeForce GTX 999", "tdp_w": 9000},
            "doubt_prediction",
            "tdp_w",
            "doubt the model, which hardly knows",
        ),
        ({"name": "RTX 3060", "tdp_w": 60}, "contradiction", "tdp_w", "60 is given, but the table has 170"),
        (
            {"name": "Radeon Pro W5500M"},
            "disputed_segment",
            "segment",
            "the table has Mobile, but the maker's own line",
        ),
    ],
)
def test_a_contradiction_says_which_to_doubt(runtime: Runtime, query: Query, code: str, field: str, words: str):
    (answer,) = runtime.predict([query])
    told = [warning["detail"] for warning in answer["warnings"] if (warning["code"], warning["field"]) == (code, field)]
    assert any(words in detail for detail in told), answer["warnings"]
    assert code in runtime.predict_columns([query])["warnings"][0].split()


def test_what_the_interval_holds_is_not_doubted(runtime: Runtime):
    (answer,) = runtime.predict([{"name": "RTX 3060", "tdp_w": 170}])
    codes = {warning["code"] for warning in answer["warnings"]}
    assert not codes & {"doubt_value", "doubt_prediction", "outlier_listing", "contradiction"}


@pytest.mark.parametrize(
    ("name", "labels", "source", "line"),
    [
        ("Radeon PRO W7900", ["Workstation"], "listed", ["Workstation"]),
        ("Radeon AI PRO R9700", ["Workstation"], "listed", ["Workstation"]),
        ("Radeon Instinct MI300X", ["Workstation"], "listed", ["Workstation"]),
        ("Quadro P5000 Mobile", ["Mobile", "Workstation"], "listed", ["Workstation"]),
        ("Quadro K620", ["Workstation"], "measured", ["Workstation"]),
        ("Radeon Pro W5500M", ["Mobile"], "measured", ["Workstation"]),
        ("Radeon RX 6600", ["Desktop"], "predicted", []),
    ],
)
def test_the_makers_line_counts_for_the_segment(
    runtime: Runtime, name: str, labels: list[str], source: str, line: list[str]
):
    (answer,) = runtime.predict([{"name": name}])
    segment = answer["segment"]
    assert (segment["labels"], segment["source"], segment["line"]) == (labels, source, line)
    assert segment["predicted"]
