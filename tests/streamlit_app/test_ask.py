import json
import re

import pytest
from app_pages import htmls, plain, tables, texts


def test_the_card_answers_all_in_units(open_page, asks_service):
    at = open_page("ask", name="rtx 4070 laptop")
    assert not at.exception
    said = texts(at)
    for words in ("rtx 4070 laptop", "GeForce RTX 4070 Mobile", "this very model", " points", "$", " W", "predicted"):
        assert words in said
    assert "Prices are 2022 observations" in said
    (comparable,) = tables(at)
    assert len(comparable) == 6


def test_measured_listed_and_predicted_are_told_apart_in_words_and_shape(open_page, asks_service):
    measured = "".join(htmls(open_page("ask", name="GeForce RTX 3060")))
    assert '<span class="gk-tag"><i class="gk-mark gk-measured"></i>measured 2022' in measured
    assert measured.count("the model says") == 3
    laptop = "".join(htmls(open_page("ask", name="rtx 4070 laptop")))
    assert '<span class="gk-tag"><i class="gk-mark gk-predicted"></i>predicted' in laptop
    # its sheet states the power
    assert (
        '<div class="gk-value">115 W</div><div><span class="gk-tag"><i class="gk-mark gk-listed"></i>listed' in laptop
    )
    assert laptop.count("the model says") == 1


def test_what_was_given_is_shown_as_given(open_page, asks_service):
    page = "".join(htmls(open_page("ask", name="GeForce", tdp_w="200", price_usd="300")))
    assert '<div class="gk-value">200 W</div><div><span class="gk-tag"><i class="gk-mark gk-given"></i>given' in page
    assert '<div class="gk-value">$300</div><div><span class="gk-tag"><i class="gk-mark gk-given"></i>given' in page


@pytest.mark.parametrize(
    ("name", "title", "words"),
    [
        ("Apple M2 Pro", "No answer", "GPUs of Apple are not covered"),
        ("Microsoft Basic Display Adapter", "No answer", "a display driver or a virtual adapter, no GPU"),
        ("GeForce GPU", "A part of the answer only", "No specification sheet is known"),
    ],
)
def test_where_nothing_is_known_the_page_says_why(open_page, asks_service, name, title, words):
    at = open_page("ask", name=name, why="true")
    assert not at.exception
    page = "".join(htmls(at))
    assert f"<strong>{title}</strong>" in page
    assert words in page
    # of no GPU there is nothing to show or to ask
    assert ('<div class="gk-value">–</div>' in page) is (title != "No answer")
    assert ("Comparable GPUs" in [header.value for header in at.header]) is (title != "No answer")


def test_without_a_question_there_is_an_example_and_the_way_to_every_page(open_page, asks_service):
    at = open_page("ask")
    assert not at.exception
    assert at.title[0].value == "Ask about any GPU"
    assert at.header[0].value == "An example: GeForce RTX 3070"
    page = "".join(htmls(at))
    assert re.search(r"[0-9,]+ points", page)
    for address in ("./deal", "./compare", "./find", "./fleet", "./explore", "./model"):
        assert f'href="{address}"' in page


def test_the_card_has_its_name_as_title(open_page, asks_service):
    at = open_page("ask", name="rtx  3070")
    assert at.title[0].value == "rtx 3070"


def test_the_card_shows_its_sheet_where_it_stands_and_its_relatives(open_page, asks_service):
    page = "".join(htmls(open_page("ask", name="GeForce RTX 3070")))
    assert "Specification sheet: GA104 · Ampere · 8 GB GDDR6 · 2020" in page
    assert re.search(r"<dt>Shading units</dt><dd>.*?5,888</dd>", page)
    assert re.search(r"<strong>Faster than [^<]+</strong>.{0,60} [0-9,]+ benchmarked GPUs", page)
    assert re.search(r"Its laptop sibling: <a [^>]*>GeForce RTX 3070 Laptop GPU</a>", page)
    assert re.search(r"Its successor: <a [^>]*>GeForce RTX 4070</a>", page)


def test_thirteen_warnings_are_one_line_that_opens(open_page, asks_service):
    page = "".join(htmls(open_page("ask", name="GeForce RTX 5090")))
    (caveats,) = re.findall(r"<details class=\"gk gk-caveats\">.*?</details>", page)
    line, details = caveats.split("</summary>")
    assert line.endswith("Newer than anything the models have seen: trust the wide band.")
    assert details.count("<li>") == 5
    assert "Outside what the models learned from: manufacturing process (nm) (" in details


def test_names_that_come_close_are_links(open_page, asks_service):
    page = "".join(htmls(open_page("ask", name="GeForce RTX 3071")))
    assert re.search(r'Did you mean <a class="gk-link" href="\./\?name=GeForce\+RTX\+30', page)


def test_a_renderer_string_is_understood(open_page, asks_service):
    at = open_page("ask", name="ANGLE (NVIDIA, NVIDIA GeForce RTX 3070 Direct3D11 vs_5_0 ps_5_0, D3D11)")
    assert "Taken for <b>GeForce RTX 3070</b>" in "".join(htmls(at))


def test_what_is_known_changes_the_answer(open_page, asks_service):
    name = "Radeon RX 9999 XT"
    without = "".join(htmls(open_page("ask", name=name)))
    with_power = "".join(htmls(open_page("ask", name=name, tdp_w="450", g2d_mark="1100")))
    assert without != with_power


def test_a_sheet_alone_gives_a_card(open_page, asks_service):
    at = open_page("ask", spec_shading_units="8000", spec_boost_clock_mhz="2500", spec_tdp_w="300", spec_is_mobile="no")
    assert not at.exception
    assert "Your specification sheet" in "".join(htmls(at))
    assert "Your sheet leaves some fields out" in "".join(htmls(at))


def test_the_curve_moves_with_its_levers(open_page, asks_service):
    at = open_page("ask", name="GeForce RTX 3060", what_if="true")
    before = at.get("plotly_chart")[0].proto.spec
    at.slider(key="if_memory_bandwidth_gb_s").set_value(200).run()
    assert not at.exception
    assert at.get("plotly_chart")[0].proto.spec != before


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "**b** $x$ :red[x] [l](http://x)", "</div><script>"])
def test_a_name_is_text_wherever_it_stands(open_page, asks_service, name):
    at = open_page("ask", name=name)
    assert not at.exception
    page = "".join(htmls(at))
    assert "<img" not in page
    assert "<script" not in page
    assert page.count("<div") == page.count("</div>")
    assert name not in "\n".join(str(element.value) for element in [*at.markdown, *at.caption, *at.warning])


def test_a_value_that_cannot_be_read_is_refused_and_stays_to_be_mended(open_page, asks_service):
    at = open_page("ask", name="rtx 3070", tdp_w="much", test_year="-5", spec_tdp_w="nan")
    assert not at.exception
    assert at.text_input(key="tdp_w").value == "much"
    told = plain(at.warning[0].value)
    assert "Power (W): “much” is not taken: not a number, e.g. 115" in told
    assert "Year of the test: -5 is not between 1980 and 2,100" in told


def test_why_is_asked_only_when_opened_and_adds_up(open_page, asks_service):
    assert not open_page("ask", name="GeForce RTX 3060").get("plotly_chart")
    at = open_page("ask", name="GeForce RTX 3060", why="true")
    assert not at.exception
    assert at.get("plotly_chart")
    said = texts(at)
    assert "a typical GPU" in said
    assert "Shapley values" in said
    (trace,) = json.loads(at.get("plotly_chart")[0].proto.spec)["data"]
    assert trace["type"] == "waterfall"
    assert trace["measure"] == ["absolute", *["relative"] * (len(trace["y"]) - 2), "total"]
    assert {"memory and cache", "shaders, units and clocks", "name and series"} <= set(trace["y"])
    model_says = f"{trace['text'][-1]} points"
    assert f"its answer for this one ({model_says})" in plain(said)


def test_each_answer_has_its_own_reasons(open_page, asks_service):
    at = open_page("ask", name="rtx 4070 laptop", why="true")
    control = at.get("button_group")[0]
    assert [option.content for option in control.proto.options] == ["3D performance", "Fair price", "Power", "Mobile"]
    before = at.get("plotly_chart")[0].proto.spec
    at = open_page("ask", name="rtx 4070 laptop", why="true", reason="Power")
    assert not at.exception
    assert at.get("plotly_chart")[0].proto.spec != before
    assert " W) to its answer" in texts(at)
