"""Where a figure comes from, told at a glance: by shape, by colour, and in a word."""

from collections.abc import Iterable, Mapping
from typing import Any

#: Source → a word for a figure of it, and what it means; the order is that of the ladder of knowledge.
_WORDS = {
    "measured": ("measured", "measured (PassMark)"),
    "given": ("given", "given by you"),
    "listed": ("listed", "listed on its sheet"),
    "predicted": ("predicted", "predicted"),
    "asked": ("asked", "asking price"),
    "none": ("not known", "not known"),
}


def draw_shape(source: str) -> str:
    """The shape of a source."""
    return f'<i class="gk-mark gk-{source}"></i>'


def mark_source(source: str) -> str:
    """The shape of a source, with its word for those who cannot see it."""
    word = _WORDS.get(source, (source,))[0]
    return f'<span title="{word}">{draw_shape(source)}</span><span class="gk-sr">{word} </span>'


def name_source(sourced: Mapping[str, Any]) -> str:
    """The word of a source, with the year of a measured figure."""
    word, date = _WORDS.get(sourced["source"], (sourced["source"],))[0], sourced.get("date")
    return f"{word} {date}" if date else word


def draw_legend(sources: Iterable[str], more: str = "") -> str:
    """What the marks mean, of the sources that are there, and what else has to be said."""
    there = set(sources)
    parts = [
        f"<span>{draw_shape(source)}{meaning}</span>" for source, (_, meaning) in _WORDS.items() if source in there
    ]
    return f'<div class="gk gk-legend">{"".join(parts)}{f"<span>{more}</span>" if more else ""}</div>'
