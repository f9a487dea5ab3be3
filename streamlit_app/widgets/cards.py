"""Parts of a card in HTML: every text from outside is escaped, so that it stays text."""

from collections.abc import Mapping
from typing import Any

from streamlit_app.widgets.links import draw_put, link_gpu
from streamlit_app.widgets.marks import draw_legend, draw_shape, name_source
from streamlit_app.widgets.style import ASKED, GOOD, NEUTRAL, PREDICTED
from streamlit_app.widgets.tables import draw_sourced
from streamlit_app.widgets.wording import (
    FIGURES,
    Quantity,
    describe_confidence,
    describe_match,
    escape_html,
    join_segments,
    shorten,
    start_sentence,
)

_VERDICTS = {
    "good_deal": ("Good deal", "✓", GOOD),
    "fair": ("Fair price", "≈", PREDICTED),
    "overpriced": ("Overpriced", "✕", ASKED),
    "cannot_say": ("Cannot say", "?", NEUTRAL),
}

_ALL = 99.95  # per cent, which would read as 100


def draw_match(prediction: Mapping[str, Any]) -> str:
    """What the name was taken for, and how sure that is."""
    match = prediction["match"]
    if match["spec"]:
        told = (
            f"Taken for <b>{escape_html(match['spec'])}</b>: {escape_html(describe_match(match))} "
            f"({describe_confidence(match['confidence'])}, {match['confidence']:.0%})"
        )
    elif prediction["name"]:
        told = "No known model behind this name"
    else:
        told = "Your specification sheet"
    return f'<p class="gk gk-match">{told}</p>'


def draw_reason(prediction: Mapping[str, Any]) -> str:
    """Why an answer is not whole; nothing where it is."""
    if not prediction["reason"]:
        return ""
    title = "No answer" if prediction["answer"] == "none" else "A part of the answer only"
    return _draw_status(NEUTRAL, title, prediction["reason"]["detail"])


def tag_source(sourced: Mapping[str, Any]) -> str:
    """A tag that tells where a figure comes from by shape, colour and word."""
    return f'<span class="gk-tag">{draw_shape(sourced["source"])}{name_source(sourced)}</span>'


def draw_shares(segment: Mapping[str, Any]) -> str:
    """The market segment, and the probability of each as bars."""
    lines = "".join(
        f'<div class="gk-share"><span>{escape_html(label)}</span>'
        f'<div class="gk-track"><b style="width:{100 * share:.1f}%"></b></div><span>{share:.0%}</span></div>'
        for label, share in (segment["probabilities"] or {}).items()
    )
    return (
        f'<div class="gk gk-answer"><div class="gk-title">Segment</div>'
        f'<div class="gk-value">{escape_html(join_segments(segment["labels"]))}</div>'
        f"<div>{tag_source(segment)}</div>{lines}</div>"
    )


def draw_figure(target: str, figure: Mapping[str, Any]) -> str:
    """One figure: its value, where it comes from, and the model's intervals as a bar, where it says anything."""
    quantity = FIGURES[target]
    is_predicted = figure["source"] == "predicted"
    title = quantity.title if is_predicted or target != "price_usd" else "Price"
    drawn = ""
    if figure["interval_90"]:
        ranges = "<br>".join(_write_ranges(quantity, figure))
        drawn = f'{draw_interval(quantity, figure)}<div class="gk-muted">{ranges}</div>'
    model = "" if is_predicted or not drawn else f"the model says {quantity.write(figure['predicted'])}"
    return (
        f'<div class="gk gk-answer"><div class="gk-title">{title}</div>'
        f'<div class="gk-value">{quantity.write(figure["value"])}</div>'
        f'<div>{tag_source(figure)}<span class="gk-muted">{model}</span></div>{drawn}</div>'
    )


def draw_interval(quantity: Quantity, figure: Mapping[str, Any], asked: float | None = None) -> str:
    """Intervals on a line from zero: bands, the predicted point, the known figure, and a price asked."""
    (low_80, high_80), (low_90, high_90) = figure["interval_80"], figure["interval_90"]
    # a predicted value stands there once, under its own source
    marks = {"predicted": figure["predicted"], figure["source"]: figure["value"], "asked": asked}
    there = {name: value for name, value in marks.items() if value is not None}
    end = 1.06 * max([high_90, *there.values()])

    def place(value: float) -> float:
        return max(0.0, float(100 * value / end))

    drawn = "".join(
        f'<i class="gk-mark gk-{name}" style="left:{place(value):.2f}%"></i>' for name, value in there.items()
    )
    told = ", ".join([f"predicted {quantity.write(figure['predicted'])}", *_write_ranges(quantity, figure)])
    bands = "".join(
        f'<span class="gk-band gk-band-{percent}" style="left:{place(low):.2f}%;width:{place(high - low):.2f}%"></span>'
        for percent, low, high in ((90, low_90, high_90), (80, low_80, high_80))
    )
    return (
        f'<div class="gk-bar" role="img" aria-label="{told}" title="{told}">{bands}{drawn}</div>'
        f'<div class="gk-ends"><span>{quantity.write(0)}</span><span>{quantity.write(end)}</span></div>'
    )


def _write_ranges(quantity: Quantity, figure: Mapping[str, Any]) -> list[str]:
    return [f"{percent} %: {quantity.write_range(figure[f'interval_{percent}'])}" for percent in (80, 90)]


def draw_verdict(verdict: Mapping[str, Any]) -> str:
    """The verdict in words, with its reason."""
    title, sign, colour = _VERDICTS[verdict["verdict"]]
    head = f'<span aria-hidden="true">{sign}</span> {title}'
    return _draw_status(colour, head, f"{start_sentence(str(verdict['reason']))}.")


def _draw_status(colour: str, head: str, text: object) -> str:
    return (
        f'<div class="gk gk-verdict" style="border-color:{colour}" role="status"><strong>{head}</strong>'
        f"<div>{escape_html(text)}</div></div>"
    )


def draw_source_legend(prediction: Mapping[str, Any]) -> str:
    """What the marks of a card and its bands mean."""
    sources = {prediction[name]["source"] for name in (*FIGURES, "segment")}
    return draw_legend({*sources, "predicted"}, "dark band: 80 %, light band: 90 % of unseen GPUs")


def draw_standing(card: Mapping[str, Any]) -> str:
    """Where a card stands among all, and well-known ones around it, as bars; nothing without a mark."""
    standing, figure = card["standing"], card["prediction"]["g3d_mark"]
    if standing is None:
        return ""
    name = card["prediction"]["name"] or "Your card"
    rows = [(link_gpu(one["name"]), one["g3d_mark"], one["g3d_mark_source"]) for one in standing["landmarks"]]
    rows.append((f"<strong>{escape_html(shorten(name, 40))}</strong>", figure["value"], figure["source"]))
    rows.sort(key=lambda row: row[1])
    most = rows[-1][1]
    bars = "".join(
        f'<li class="gk-share gk-rank"><span>{title}</span>'
        f'<div class="gk-track"><b class="gk-of-{source}" style="width:{100 * mark / most:.1f}%"></b></div>'
        f"<span>{draw_sourced('g3d_mark', mark, source)}</span></li>"
        for title, mark, source in rows
    )
    return (
        f'<div class="gk gk-standing"><p>{_write_rank(standing)} {standing["of"]:,} benchmarked GPUs. '
        f"Well-known cards around it:</p><ul>{bars}</ul></div>"
    )


def _write_rank(standing: Mapping[str, Any]) -> str:
    """Faster than 94 % (80 %: 91 to 96 %) of …, or faster than all."""
    ends = standing["percentile_80"]
    if standing["percentile"] >= _ALL and (ends is None or ends[0] >= _ALL):
        return "<strong>Faster than all</strong>"
    span = f" (80 %: {ends[0]:.3g} to {ends[1]:.3g} %)" if ends else ""
    return f"<strong>Faster than {standing['percentile']:.3g} %</strong>{span} of"


def draw_relatives(card: Mapping[str, Any]) -> str:
    """The desktop or laptop sibling and the successor, each with its mark and price; nothing without any."""
    mark = card["prediction"]["g3d_mark"]["value"]
    is_mobile = card["prediction"]["parsed"]["is_mobile"]
    titles = {"sibling": "Its desktop sibling" if is_mobile else "Its laptop sibling", "successor": "Its successor"}
    told = "".join(_draw_relative(title, card[kind], mark) for kind, title in titles.items() if card[kind])
    return f'<ul class="gk gk-relatives">{told}</ul>' if told else ""


def _draw_relative(title: str, gpu: Mapping[str, Any], mark: float | None) -> str:
    change = ""
    if mark and gpu["g3d_mark"]:
        change = f" ({100 * (gpu['g3d_mark'] / mark - 1):+.0f} %)".replace("-", "−")
    figures = " · ".join(
        f"{draw_sourced(name, gpu[name], gpu[f'{name}_source'])}{' points' if name == 'g3d_mark' else ''}"
        f"{change if name == 'g3d_mark' else ''}"
        for name in FIGURES
        if gpu[name] is not None
    )
    return f"<li>{title}: {link_gpu(gpu['name'])} {draw_put(gpu['name'])}<br>{figures}</li>"
