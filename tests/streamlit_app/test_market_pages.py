import json
import math
import shutil

import pytest
from app_pages import htmls, number, plain, tables, texts

from gpu_kedro.datasets.bundles import BundleStoreDataset
from gpu_kedro.modelling.bundle.files import Bundle, read_bundle
from gpu_kedro.modelling.bundle.registry import promote


def read_figures(at):
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


@pytest.mark.parametrize(("price", "verdict"), [("1", "Good deal"), ("20000", "Overpriced")])
def test_a_price_gets_its_verdict_and_reason(open_page, asks_service, price, verdict):
    at = open_page("deal", gpu="GeForce GTX 1060 6GB", price=price)
    assert not at.exception
    page = "".join(htmls(at))
    assert verdict in page
    assert f"In 2022, ${int(price):,} was" in page
    assert "the fair range" in page
    assert "gk-asked" in page


def test_what_is_no_gpu_gets_no_alternatives(open_page, asks_service):
    at = open_page("deal", gpu="RTX 3080 waterblock", price="120")
    assert not at.exception
    assert "part or an extra of a card" in texts(at)
    assert [header.value for header in at.header] == []


def test_without_a_price_the_page_asks_for_one(open_page, asks_service):
    at = open_page("deal", gpu="GeForce GTX 1060 6GB")
    assert [info.value for info in at.info] == ["Enter the asking price to get a verdict."]


def test_without_a_question_the_page_shows_an_example(open_page, asks_service):
    at = open_page("deal")
    assert at.header[0].value == "An example: GeForce RTX 3060 for $420"
    assert "gk-verdict" in "".join(htmls(at))


def test_alternatives_keep_to_price_and_power(open_page, asks_service):
    (table,) = tables(open_page("deal", gpu="GeForce GTX 750", price="300", power="130"))
    assert table
    assert max(number(row["Price"]) for row in table) <= 300
    assert max(number(row["Power"]) for row in table) <= 130
    (more,) = tables(open_page("deal", gpu="GeForce GTX 750", price="300", power="400"))
    assert max(number(row["Power"]) for row in more) > 130


def test_three_cards_stand_side_by_side_in_the_order_asked(open_page, asks_service):
    names = ["rtx 3070", "Radeon RX 6700 XT", "rtx 4070 laptop"]
    at = open_page("compare", names=names)
    assert not at.exception
    (table,) = tables(at)
    assert [row["GPU"] for row in table] == names
    figures = read_figures(at)
    assert len(figures) == 5
    for figure in figures:
        markers = [trace for trace in figure["data"] if trace["mode"] == "markers"]
        assert sorted(name for trace in markers for name in trace["y"]) == sorted(names)
    laptop = table[2]
    shown = number(laptop["Points"]) / number(laptop["Price"])
    assert number(laptop["Points/$"]) == pytest.approx(shown, rel=0.02)


def test_without_names_three_rivals_are_compared(open_page, asks_service):
    at = open_page("compare")
    assert at.header[0].value == "An example: three cards that were rivals"
    (table,) = tables(at)
    assert len(table) == 3


def test_names_in_figures_are_escaped(open_page, asks_service):
    at = open_page("compare", names=["<b>rtx 3070</b>", "Radeon RX 6700 XT"])
    labels = {label for figure in read_figures(at) for trace in figure["data"] for label in trace["y"]}
    assert labels == {"&lt;b&gt;rtx 3070&lt;/b&gt;", "Radeon RX 6700 XT"}


@pytest.mark.parametrize("about", ["Performance per dollar", "Performance per watt"])
@pytest.mark.parametrize("by", ["Segment", "Architecture", "Maker"])
def test_ratios_over_the_years_come_with_their_caveat(open_page, asks_service, about, by):
    at = open_page("explore", about=about, by=by, measured="false")
    assert not at.exception
    (figure,) = read_figures(at)
    assert len(figure["data"]) >= 4
    assert "**Before you conclude:**" in at.info[0].value


def test_the_mobile_penalty_is_a_share_of_the_desktop_sibling(open_page, asks_service):
    at = open_page("explore", about="The mobile penalty", measured="false")
    assert not at.exception
    pairs = next(trace for trace in read_figures(at)[0]["data"] if trace["name"] == "pair")
    for share, (desktop, mobile) in zip(pairs["y"], pairs["customdata"], strict=True):
        assert math.isclose(share, 100 * mobile / desktop)


def test_the_map_of_missing_data_has_every_field(open_page, asks_service):
    at = open_page("explore", about="What is missing")
    (heatmap,) = read_figures(at)[0]["data"]
    assert heatmap["x"][0] == "all"
    assert heatmap["y"][0] == "price"
    assert len(heatmap["y"]) == 34


def test_the_model_page_tells_version_quality_and_sources(open_page, asks_service, version):
    at = open_page("model")
    assert not at.exception
    said = plain(texts(at))
    for words in ("PassMark Software", "TechPowerUp", "2022 observations", "temporal split"):
        assert words in said
    (facts, *_) = tables(at)
    assert facts[0] == {"Fact": "Version", "Value": version}
    overview, strata = (frame.value for frame in at.dataframe)
    assert overview["Question"].tolist()[0] == "3D performance (G3D Mark)"
    assert "(" in overview["Typical error"][0]
    assert strata["GPUs of"].tolist()[:2] == ["all GPUs", "same model found"]


def test_the_model_page_draws_what_answers_rest_on(open_page, asks_service):
    at = open_page("model", target="Power (TDP)")
    assert not at.exception
    assert read_figures(at)[-1]["data"][0]["y"][0] == "power of the sheet"


def test_segments_have_a_calibration_plot(open_page, asks_service):
    at = open_page("model", target="Market segment", split="temporal split")
    assert not at.exception
    names = [trace["name"] for trace in read_figures(at)[0]["data"]]
    assert names == ["perfectly calibrated", "all segments", "Desktop", "Mobile", "Workstation"]


def test_an_older_bundle_gives_a_message_in_place_of_what_it_lacks(open_page, store, version, monkeypatch):
    files, manifest = read_bundle(store / version)
    del manifest["metrics"]["segment"]["reliability"], files["importance.json"]
    shutil.rmtree(store)
    dataset = BundleStoreDataset(filepath=str(store))
    own = ("format", "content_sha256", "files", "manifest_sha256")
    dataset.save(Bundle(files, {name: fact for name, fact in manifest.items() if name not in own}))
    promote(store, dataset.saved_folder().name, "of an older version", {})
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(store))
    at = open_page("model", target="Market segment")
    assert not at.exception
    assert ["train again" in info.value for info in at.info] == [True, True]
