import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_kedro.domain.specs.kinds import KINDS
from streamlit_app.widgets.cards import draw_match, draw_verdict
from streamlit_app.widgets.caveats import explain_codes, explain_warning, list_caveats, write_headline
from streamlit_app.widgets.wording import (
    QUANTITIES,
    describe_confidence,
    describe_match,
    escape_markdown,
    shorten,
)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("g3d_mark", 12543.4, "12,543 points"),
        ("g3d_mark", 1.6, "1.6 points"),
        ("g3d_mark", 5.0, "5 points"),
        ("price_usd", 1234.5, "$1,234"),
        ("tdp_w", 111.0, "111 W"),
        ("g3d_per_usd", 30.67, "30.7 points/$"),
        ("tdp_w", None, "–"),
        ("tdp_w", float("nan"), "–"),
    ],
)
def test_numbers_carry_units_and_separators(name, value, text):
    assert QUANTITIES[name].write(value) == text


def test_a_range_has_its_unit_once():
    assert QUANTITIES["g3d_mark"].write_range((10618, 14816)) == "10,618 to 14,816 points"
    assert QUANTITIES["price_usd"].write_range((463, 972)) == "$463 to $972"


def test_markdown_is_escaped_sign_by_sign():
    assert escape_markdown("**b** `c`") == r"\*\*b\*\* \`c\`"
    assert escape_markdown("two\nlines\n# title") == r"two lines \# title"


@given(st.text(max_size=80))
def test_no_sign_of_markdown_is_left_bare(text):
    escaped = escape_markdown(text)
    for place, letter in enumerate(escaped):
        if letter in "*_`[]<>$#!|~" and letter.isascii():
            assert escaped[place - 1] == "\\"
    assert "\n" not in escaped


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_match_has_words(kind):
    assert "_" not in describe_match({"kind": kind})
    assert describe_match({"kind": kind}) != kind


@pytest.mark.parametrize(
    ("confidence", "word"), [(0.99, "sure"), (0.9, "sure"), (0.75, "likely"), (0.5, "a guess"), (0, "none")]
)
def test_confidence_in_a_word(confidence, word):
    assert describe_confidence(confidence) == word


@pytest.mark.parametrize(
    ("code", "field", "detail", "sentence"),
    [
        (
            "unseen_architecture",
            "architecture",
            "no GPU of the architecture Ada Lovelace is in the training table",
            "Nobody had benchmarked a card of the Ada Lovelace architecture when the models were trained.",
        ),
        (
            "out_of_range",
            "process_nm",
            "outside the training range (6 to 350)",
            "The manufacturing process (nm) lies outside what the models learned from (6 to 350).",
        ),
        (
            "contradiction",
            "tdp_w",
            "900 is given, but GeForce RTX 3070 has 220",
            "The power (TDP) contradicts what is known: 900 is given, but GeForce RTX 3070 has 220.",
        ),
        (
            "unseen_maker",
            "manufacturer",
            "fewer than 5 graphics cards of this maker (intel) are in the training table",
            "The models have hardly seen graphics cards of this maker (intel): they judge it by what others make.",
        ),
        ("shared_memory", "memory_bandwidth_gb_s", "shares the memory", "It shares the memory."),
        ("laptop_power_limit", "tdp_w", "makers set it", "Makers set it."),
        ("of_tomorrow", "", "something new", "something new"),
    ],
)
def test_warnings_are_plain_sentences(code, field, detail, sentence):
    assert explain_warning({"code": code, "field": field, "detail": detail}) == sentence


def test_the_weightiest_warning_is_the_line_for_everybody():
    newer = {"code": "extrapolation", "field": "release_year", "detail": "newer than any GPU"}
    outside = [
        {"code": "out_of_range", "field": field, "detail": f"outside the training range ({limits})"}
        for field, limits in (("tmus", "1 to 336"), ("rops", "1 to 128"))
    ]
    assert write_headline([*outside, newer]) == "Newer than anything the models have seen: trust the wide band."
    assert write_headline(outside) == "Unlike the cards that the models learned from: trust the wide band."
    assert list_caveats([newer, *outside])[1:] == [
        "Outside what the models learned from: number of texture units (1 to 336), number of render outputs (1 to 128)."
    ]


def test_codes_are_told_once_each():
    assert explain_codes("out_of_range out_of_range extrapolation") == (
        "outside the training range; newer than the training"
    )
    assert explain_codes("") == ""


def test_long_texts_end_in_an_ellipsis():
    assert shorten("a" * 10, 6) == "aaaaa…"
    assert shorten("short", 6) == "short"


def test_a_hostile_service_gets_no_html_onto_the_page():
    evil = "<img src=x onerror=alert(1)>"
    prediction = {
        "name": evil,
        "match": {"spec": evil, "kind": evil, "confidence": 0.5},
        "segment": {"labels": ["Mobile"], "source": "predicted"},
    }
    verdict = {"verdict": "fair", "reason": evil}
    assert "<img" not in draw_match(prediction) + draw_verdict(verdict)
