import csv
import io
import json

import pytest
from app_pages import number, tables, texts

from streamlit_app.backends.cached import Asker
from streamlit_app.backends.opening import open_backend
from streamlit_app.charts.find import list_ticks
from streamlit_app.finding import Wanted, find_best, select_gpus, write_gpus
from streamlit_app.settings import Settings


@pytest.fixture(scope="module")
def known(bundles):
    backend = open_backend(Settings(bundles=bundles))
    return Asker(backend, backend.read_version(), Settings(bundles=bundles)).priced_gpus()


def read_figure(at):
    return {trace["name"]: trace for trace in json.loads(at.get("plotly_chart")[0].proto.spec)["data"]}


def test_every_limit_is_kept_and_the_frontier_rises(open_page, asks_service):
    at = open_page("find", budget="400", power="200", segment="Desktop", least="1000", since="2012", maker="NVIDIA")
    assert not at.exception
    best = read_figure(at)["best for the money"]
    assert best["x"] == sorted(best["x"])
    assert best["y"] == sorted(best["y"])
    (table,) = tables(at)
    assert max(number(row["Power"]) for row in table) <= 200
    assert max(number(row["Price"]) for row in table) <= 400
    assert min(number(row["Points"]) for row in table) >= 1000
    assert all("Desktop" in row["Segment"] for row in table)
    assert not any("Radeon" in row["GPU"] for row in table)


def test_cards_that_nobody_priced_are_found_and_marked(open_page, asks_service):
    at = open_page("find")
    assert not at.exception
    traces = read_figure(at)
    assert len(traces["predicted price"]["x"]) > len(traces["measured price"]["x"]) > 0
    assert any(row["Price"].startswith("predicted") for row in tables(at)[0])
    sure = read_figure(open_page("find", sure="true"))
    assert "predicted price" not in sure
    assert len(sure["measured price"]["x"]) == len(traces["measured price"]["x"])


def test_laptop_chips_and_accelerators_are_no_buys_unless_asked_for(open_page, asks_service, known):
    found = read_figure(open_page("find"))
    shown = {name for title, trace in found.items() if title.endswith("price") for name in trace["text"]}
    forms = known.set_index("name")["form"]
    assert {forms[name] for name in shown & set(forms.index)} <= {"desktop", "workstation"}
    asked = read_figure(open_page("find", forms=["Accelerators"]))
    assert {forms[name] for trace in asked.values() for name in trace.get("customdata") or trace["text"]} == {
        "accelerator"
    }


def test_a_slot_gives_seventy_five_watts(open_page, asks_service):
    (table,) = tables(open_page("find", slot="true", power="120", memory="4"))
    assert table
    assert max(number(row["Power"]) for row in table) <= 75


def test_the_ranking_follows_the_chosen_order(open_page, asks_service):
    at = open_page("find", budget="400", rank="performance per dollar")
    (table,) = tables(at)
    ratios = [number(row["Points/$"]) for row in table]
    assert ratios == sorted(ratios, reverse=True)
    assert f">{table[0]['GPU']}</a>" in texts(at)


def test_an_empty_order_in_the_address_is_the_usual_one(open_page, asks_service):
    at = open_page("find", budget="400", rank="")
    assert "Best by performance:" in texts(at)


def test_the_file_has_all_that_is_shown(open_page, asks_service, known):
    chosen = select_gpus(known, Wanted(budget_usd=300, forms=("laptop",), min_memory_gb=4))
    rows = list(csv.DictReader(io.StringIO(write_gpus(chosen).decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == chosen["name"].tolist()
    assert {row["form"] for row in rows} == {"laptop"}
    assert {row["price_usd_source"] for row in rows} <= {"measured", "predicted"}


def test_limits_that_nothing_meets_are_said(open_page, asks_service):
    at = open_page("find", budget="1", least="900000")
    assert not at.exception
    assert "raise the budget" in at.info[0].value


def test_no_card_of_the_frontier_is_beaten(known):
    best = find_best(known[known["price_usd_source"] == "measured"])
    priced = known[(known["price_usd_source"] == "measured") & known["g3d_mark"].notna()]
    for gpu in best.itertuples():
        cheaper = priced[(priced["price_usd"] <= gpu.price_usd) & (priced["name"] != gpu.name)]
        assert cheaper.empty or cheaper["g3d_mark"].max() <= gpu.g3d_mark


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 30_000, [1, 10, 100, 1000, 10_000]),
        (40, 900, [50, 100, 200, 500]),
        (180, 420, [180, 200, 250, 300, 350, 400]),
        (311, 329, [312, 314, 316, 318, 320, 322, 324, 326, 328]),
    ],
)
def test_axes_have_ticks_at_any_span(low, high, ticks):
    assert list_ticks(low, high) == pytest.approx(ticks)
