"""Cards in HTML: every text from outside is escaped, so that it stays text."""

from collections.abc import Mapping
from typing import Any

from streamlit_app.widgets.style import ASKED, GOOD, NEUTRAL, PREDICTED
from streamlit_app.widgets.wording import (
    FIGURES,
    Quantity,
    describe_confidence,
    describe_match,
    escape_html,
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
        f"<div>{tag_source(segment['source'], join_segments(segment['labels']))}</div></div>"
    )


def tag_source(source: str, text: str = "") -> str:
    """A tag that tells measured and predicted apart by shape, colour and word."""
    words = f"{escape_html(text)} · {source}" if text else source
    return (
        f'<span class="gk-tag"><i class="gk-{"measured" if source == "measured" else "predicted"}"></i>{words}</span>'
    )


def draw_shares(probabilities: Mapping[str, float]) -> str:
    """Probability of each segment as bars."""
    lines = "".join(
        f'<div class="gk-share"><span>{escape_html(label)}</span>'
        f'<div class="gk-track"><b style="width:{100 * share:.1f}%"></b></div><span>{share:.0%}</span></div>'
        for label, share in probabilities.items()
    )
    return f'<div class="gk">{lines}</div>'


def draw_figure(target: str, figure: Mapping[str, Any]) -> str:
    """One figure: its value, where it comes from, and its intervals as a bar."""
    quantity = FIGURES[target]
    measured = figure["source"] == "measured"
    model = f'<div class="gk-muted">model says {quantity.write(figure["predicted"])}</div>' if measured else ""
    title = "Price" if measured and target == "price_usd" else quantity.title
    return (
        f'<div class="gk"><div class="gk-title">{title}</div>'
        f'<div class="gk-value">{quantity.write(figure["value"])}</div>'
        f"<div>{tag_source(figure['source'])}</div>"
        f"{draw_interval(quantity, figure)}{model}{_write_ends(quantity, figure)}</div>"
    )


def draw_interval(quantity: Quantity, figure: Mapping[str, Any], asked: float | None = None) -> str:
    """Intervals on a line from zero: bands, the predicted point, the measured one, and a price asked."""
    (low_80, high_80), (low_90, high_90) = figure["interval_80"], figure["interval_90"]
    measured = figure["value"] if figure["source"] == "measured" else None
    end = 1.06 * max(value for value in (high_90, figure["predicted"], measured, asked) if value is not None)

    def place(value: float) -> float:
        return max(0.0, 100 * value / end)

    marks = f'<i class="gk-mark gk-predicted" style="left:{place(figure["predicted"]):.2f}%"></i>'
    if measured is not None:
        marks += f'<i class="gk-mark gk-measured" style="left:{place(measured):.2f}%"></i>'
    if asked is not None:
        marks += f'<i class="gk-mark gk-asked" style="left:{place(asked):.2f}%"></i>'
    told = f"predicted {quantity.write(figure['predicted'])}, " + ", ".join(
        f"{percent} %: {quantity.write_range(figure[f'interval_{percent}'])}" for percent in (80, 90)
    )
    bands = "".join(
        f'<span class="gk-band gk-band-{percent}" style="left:{place(low):.2f}%;width:{place(high - low):.2f}%"></span>'
        for percent, low, high in ((90, low_90, high_90), (80, low_80, high_80))
    )
    return (
        f'<div class="gk-bar" role="img" aria-label="{told}" title="{told}">{bands}{marks}</div>'
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


def draw_legend(*, measured: bool = True, asked: bool = False) -> str:
    """What the marks and bands mean."""
    parts = ['<i class="gk-mark gk-predicted"></i>predicted']
    if measured:
        parts.append('<i class="gk-mark gk-measured"></i>measured (PassMark)')
    if asked:
        parts.append('<i class="gk-mark gk-asked"></i>asking price')
    parts.append("dark band: 80 %, light band: 90 % of unseen GPUs")
    return f'<div class="gk gk-muted">{" &nbsp; ".join(parts)}</div>'
