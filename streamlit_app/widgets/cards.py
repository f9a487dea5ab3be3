"""Cards in HTML: every text from outside is escaped, so that it stays text."""

from collections.abc import Mapping
from typing import Any

from streamlit_app.widgets.style import ASKED, GOOD, NEUTRAL, PREDICTED
from streamlit_app.widgets.wording import (
    FIGURES,
    KNOWN_SOURCES,
    Quantity,
    describe_confidence,
    describe_match,
    escape_html,
    explain_source,
    join_segments,
)

_VERDICTS = {
    "good_deal": ("Good deal", "✓", GOOD),
    "fair": ("Fair price", "≈", PREDICTED),
    "overpriced": ("Overpriced", "✕", ASKED),
    "cannot_say": ("Cannot say", "?", NEUTRAL),
}


def draw_heading(prediction: Mapping[str, Any]) -> str:
    """The name as asked, what it was taken for, and its segment."""
    match, segment = prediction["match"], prediction["segment"]
    name = prediction["name"] or "Your specification sheet"
    if match["spec"]:
        taken = (
            f"Taken for <b>{escape_html(match['spec'])}</b>: {escape_html(describe_match(match))} "
            f"({describe_confidence(match['confidence'])}, {match['confidence']:.0%})"
        )
    else:
        taken = "No known model behind it"
    return (
        f'<div class="gk"><p class="gk-name">{escape_html(name)}</p>'
        f'<p class="gk-muted">{taken}</p>'
        f"<div>{tag_source(segment, join_segments(segment['labels']))}</div></div>"
    )


def draw_reason(prediction: Mapping[str, Any]) -> str:
    """Why an answer is not whole."""
    title = "No answer" if prediction["answer"] == "none" else "A part of the answer only"
    return (
        f'<div class="gk gk-verdict" style="border-color:{NEUTRAL}" role="status"><strong>{title}</strong>'
        f"<div>{escape_html(prediction['reason']['detail'])}</div></div>"
    )


def tag_source(sourced: Mapping[str, Any], text: str = "") -> str:
    """A tag that tells known and predicted apart by shape, colour and word."""
    told = explain_source(sourced)
    words = f"{escape_html(text)} · {told}" if text else told
    return f'<span class="gk-tag"><i class="gk-{_mark(sourced["source"])}"></i>{words}</span>'


def _mark(source: str) -> str:
    """The shape of a source: a diamond for what is known, whoever says so, a dot for the model, nothing for none."""
    return "measured" if source in KNOWN_SOURCES else source


def draw_shares(probabilities: Mapping[str, float]) -> str:
    """Probability of each segment as bars."""
    lines = "".join(
        f'<div class="gk-share"><span>{escape_html(label)}</span>'
        f'<div class="gk-track"><b style="width:{100 * share:.1f}%"></b></div><span>{share:.0%}</span></div>'
        for label, share in probabilities.items()
    )
    return f'<div class="gk">{lines}</div>'


def draw_figure(target: str, figure: Mapping[str, Any]) -> str:
    """One figure: its value, where it comes from, and the model's intervals as a bar, where it says anything."""
    quantity = FIGURES[target]
    is_known = figure["source"] in KNOWN_SOURCES
    title = "Price" if is_known and target == "price_usd" else quantity.title
    drawn = draw_interval(quantity, figure) + _write_ends(quantity, figure) if figure["interval_90"] else ""
    model = (
        f'<div class="gk-muted">model says {quantity.write(figure["predicted"])}</div>' if is_known and drawn else ""
    )
    return (
        f'<div class="gk"><div class="gk-title">{title}</div>'
        f'<div class="gk-value">{quantity.write(figure["value"])}</div>'
        f"<div>{tag_source(figure)}</div>{model}{drawn}</div>"
    )


def draw_interval(quantity: Quantity, figure: Mapping[str, Any], asked: float | None = None) -> str:
    """Intervals on a line from zero: bands, the estimate, the known figure, and a price asked."""
    (low_80, high_80), (low_90, high_90) = figure["interval_80"], figure["interval_90"]
    known = figure["value"] if figure["source"] in KNOWN_SOURCES else None
    marks = {"predicted": figure["predicted"], "measured": known, "asked": asked}
    end = 1.06 * max([high_90, *(value for value in marks.values() if value is not None)])

    def place(value: float) -> float:
        return max(0.0, float(100 * value / end))

    drawn = "".join(
        f'<i class="gk-mark gk-{name}" style="left:{place(value):.2f}%"></i>'
        for name, value in marks.items()
        if value is not None
    )
    told = f"predicted {quantity.write(figure['predicted'])}, " + ", ".join(
        f"{percent} %: {quantity.write_range(figure[f'interval_{percent}'])}" for percent in (80, 90)
    )
    bands = "".join(
        f'<span class="gk-band gk-band-{percent}" style="left:{place(low):.2f}%;width:{place(high - low):.2f}%"></span>'
        for percent, low, high in ((90, low_90, high_90), (80, low_80, high_80))
    )
    return (
        f'<div class="gk-bar" role="img" aria-label="{told}" title="{told}">{bands}{drawn}</div>'
        f'<div class="gk-ends"><span>{quantity.write(0)}</span><span>{quantity.write(end)}</span></div>'
    )


def _write_ends(quantity: Quantity, figure: Mapping[str, Any]) -> str:
    lines = "<br>".join(f"{percent} %: {quantity.write_range(figure[f'interval_{percent}'])}" for percent in (80, 90))
    return f'<div class="gk-muted">{lines}</div>'


def draw_verdict(verdict: Mapping[str, Any]) -> str:
    """The verdict in words, with its reason."""
    title, sign, colour = _VERDICTS[verdict["verdict"]]
    reason = str(verdict["reason"])
    return (
        f'<div class="gk gk-verdict" style="border-color:{colour}" role="status">'
        f'<strong><span style="color:{colour}">{sign}</span> {title}</strong>'
        f"<div>{escape_html(reason[:1].upper() + reason[1:])}.</div></div>"
    )


def draw_legend(*, known: bool = True, asked: bool = False) -> str:
    """What the marks and bands mean."""
    parts = ['<i class="gk-mark gk-predicted"></i>predicted']
    if known:
        parts.append('<i class="gk-mark gk-measured"></i>known: measured (PassMark), given or listed (sheet)')
    if asked:
        parts.append('<i class="gk-mark gk-asked"></i>asking price')
    parts.append("dark band: 80 %, light band: 90 % of unseen GPUs")
    return f'<div class="gk gk-muted">{" &nbsp; ".join(parts)}</div>'
