"""How answers read: numbers with units, warnings and matches as sentences, and text that stays text."""

import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpu_kedro.domain.specs.kinds import DOUBTFUL_BELOW, KINDS
from gpu_kedro.modelling.targets import BUILT_IN_TARGETS, REGRESSION_TARGETS


@dataclass(frozen=True)
class Quantity:
    """A figure that the app shows, with what stands before and, with its space, behind the number."""

    title: str
    before: str = ""
    after: str = ""
    digits: int = 0

    @property
    def unit(self) -> str:
        """The unit alone, as an axis names it."""
        return self.after.strip() or "US dollars"

    def write_range(self, ends: Sequence[float]) -> str:
        """Both ends of an interval, with the unit once: `463 to 972 W`."""
        low, high = (self.write(end) for end in ends)
        return f"{low.removesuffix(self.after) if self.after else low} to {high}"

    def write_short(self, value: float | None) -> str:
        """The number as `write` has it, without words behind it: a column's head says them."""
        return self.write(value).removesuffix(self.after) if len(self.after) > 2 else self.write(value)

    def write(self, value: float | None) -> str:
        """The number with its unit and thousands separators; a dash where there is none."""
        if value is None or not math.isfinite(value):
            return "–"
        digits = self.digits if abs(value) >= 10 or self.digits else (0 if value == round(value) else 1)
        return f"{self.before}{value:,.{digits}f}{self.after}"


QUANTITIES: dict[str, Quantity] = {
    "g3d_mark": Quantity("3D performance", after=" points"),
    "price_usd": Quantity("Fair price", before="$"),
    "tdp_w": Quantity("Power", after=" W"),
    "g3d_per_usd": Quantity("Performance per dollar", after=" points/$", digits=1),
    "g3d_per_watt": Quantity("Performance per watt", after=" points/W", digits=1),
}
#: Performance for a unit of another figure.
RATIOS = {"g3d_per_usd": "price_usd", "g3d_per_watt": "tdp_w"}
#: What every page shows; targets that were added stand on the Model page and in the service's answers.
FIGURES = {name: QUANTITIES[name] for name in REGRESSION_TARGETS if name in BUILT_IN_TARGETS}
#: Rungs of the ladder of knowledge that are facts, not estimates.
KNOWN_SOURCES = ("measured", "given", "listed")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: Stands between two signs so that they are not read together; it has no width.
_JOINER = "\u2060"


def escape_html(text: object) -> str:
    """Text for the inside of HTML, Plotly's labels among them."""
    return html.escape(str(text))


def escape_markdown(text: object) -> str:
    """Text that Streamlit's Markdown shows as it is: no emphasis, links, formulas, colours, icons or emoji."""
    flat = " ".join(str(text).split())
    # shortcodes (":red[x]", ":smile:"), arrows ("->") and addresses are looked for after escapes are taken out
    broken = re.sub(r"([:<>@-])(?=\S)|(?<=\S)\.(?=\w)|(?<=[wW]{3})\.", lambda found: found[0] + _JOINER, flat)
    return _PUNCTUATION.sub(r"\\\1", broken)


def shorten(text: str, length: int) -> str:
    """At the most so many characters, with an ellipsis where some were left out."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def describe_match(match: Mapping[str, Any]) -> str:
    """How the specification was found, e.g. "this very model"."""
    kind = str(match["kind"])
    return KINDS[kind].description if kind in KINDS else kind.replace("_", " ")


def describe_confidence(confidence: float) -> str:
    """How far a match is trusted, in a word."""
    if confidence >= 0.9:
        return "sure"
    if confidence >= DOUBTFUL_BELOW:
        return "likely"
    return "a guess" if confidence > 0 else "none"


def start_sentence(text: str) -> str:
    """The text with a capital at its start; names in it stay as they are."""
    return f"{text[:1].upper()}{text[1:]}"


MAKERS = {"nvidia": "NVIDIA", "amd": "AMD", "intel": "Intel"}
REASON_TITLES = {
    "not_a_gpu": "not a GPU",
    "not_covered": "not covered by the data",
    "too_little_known": "too little is known of it",
}


def join_segments(labels: list[str]) -> str:
    """Segments as one phrase; none where none can be given."""
    return " + ".join(labels) if labels else "not clear"
