"""Why an answer is what it is: from a typical GPU to this one, input by input."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

import plotly.graph_objects as go

from streamlit_app.charts.figures import finish
from streamlit_app.widgets.style import ASKED, NEUTRAL, PREDICTED
from streamlit_app.widgets.wording import FIGURES, Quantity, escape_html

_SHARE = Quantity("Probability", after=" %", digits=1)
_TYPICAL, _TOGETHER = "a typical GPU", "this GPU"
_FIELDS = 4
_EMPTY: Mapping[str, Any] = {"title": "", "fields": {}, "typical_fields": {}}


def list_reasons(prediction: Mapping[str, Any]) -> dict[str, tuple[str, Quantity, Mapping[str, Any], float]]:
    """What can be explained: key → title, quantity, explanation, and what its contributions add up to."""
    reasons: dict[str, tuple[str, Quantity, Mapping[str, Any], float]] = {
        target: (quantity.title, quantity, prediction[target]["explanation"], prediction[target]["predicted"])
        for target, quantity in FIGURES.items()
        if prediction[target]["explanation"] is not None
    }
    for explanation in prediction["segment"]["explanation"]:
        label = explanation["segment"]
        share = 100 * prediction["segment"]["probabilities"][label]
        reasons[label] = (label, _SHARE, explanation, share)
    return reasons


def draw_reasons(quantity: Quantity, explanation: Mapping[str, Any], total: float) -> go.Figure:
    """A waterfall from the typical GPU's figure down to this one's, the total, one step for each contribution."""
    contributions: Sequence[Mapping[str, Any]] = explanation["contributions"]
    # the unit stands at the axis: there is no room for it beside every bar of a phone
    short = replace(quantity, after="")
    steps = [
        (_TYPICAL, "absolute", explanation["typical"], short.write(explanation["typical"]), _EMPTY),
        *(
            (one["title"], "relative", one["contribution"], write_signed(short, one["contribution"]), one)
            for one in contributions
        ),
        (_TOGETHER, "total", 0, short.write(total), _EMPTY),
    ]
    labels, measures, amounts, texts, sources = (list(column) for column in zip(*steps, strict=True))
    labels = [escape_html(label) for label in labels]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=amounts,
            measure=measures,
            text=texts,
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": PREDICTED}},
            decreasing={"marker": {"color": ASKED}},
            totals={"marker": {"color": NEUTRAL}},
            connector={"line": {"color": NEUTRAL, "width": 1}},
            customdata=[_describe(one) for one in sources],
            hovertemplate=f"%{{y}}: %{{text}}{quantity.after}%{{customdata}}<extra></extra>",
        )
    )
    points = list(accumulate((one["contribution"] for one in contributions), initial=explanation["typical"]))
    lowest, highest = min(points), max(points)
    room = 0.38 * (highest - min(lowest, 0))
    figure.update_yaxes(autorange="reversed", automargin=True, title=None)
    figure.update_xaxes(
        title=quantity.unit, tickprefix=quantity.before, tickformat=",", nticks=3, tickangle=0,
        range=[lowest - room if lowest < 0 else 0, highest + room],
    )  # fmt: skip
    return finish(figure, 90 + 34 * len(steps), legend=False)


def write_signed(quantity: Quantity, amount: float) -> str:
    """An amount with its sign and unit."""
    return f"{'+' if amount >= 0 else '−'}{quantity.write(abs(amount))}"


def _describe(contribution: Mapping[str, Any]) -> str:
    """What a step rests on, for its hover: numbers beside the typical GPU's."""
    typical = contribution["typical_fields"]
    lines = [
        f"{escape_html(name)} {value:,.6g}" + (f" (typical {typical[name]:,.6g})" if name in typical else "")
        if isinstance(value, int | float) and not isinstance(value, bool)
        else f"{escape_html(name)} {escape_html(value)}"
        for name, value in contribution["fields"].items()
    ]
    return "".join(f"<br>{line}" for line in lines[:_FIELDS])
