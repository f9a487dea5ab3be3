"""Links within the app as HTML. They are relative, so that they hold behind any front; `browser.js` follows them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from streamlit_app.prices import MARKET, carried_market
from streamlit_app.widgets.wording import escape_html

_LONGEST_NAME = 300


def write_address(page: str, asked: Mapping[str, Any]) -> str:
    """The address of a page with what is asked on it, one value or several by name.

    Values that are None are left out; the market goes along.
    """
    told = {name: value for name, value in asked.items() if value is not None and name != MARKET} | carried_market()
    return f"./{page}?{urlencode(told, doseq=True)}" if told else f"./{page}"


def draw_link(page: str, text: str, kind: str = "", **asked: Any) -> str:
    """A link to a page with what is asked on it; `kind` is more classes for its look."""
    classes = f"gk-link {kind}".strip()
    return f'<a class="{classes}" href="{escape_html(write_address(page, asked))}">{escape_html(text)}</a>'


def link_gpu(name: str) -> str:
    """A name that leads to its card."""
    return draw_link("", name, name=name[:_LONGEST_NAME])


def draw_put(name: str, text: str = "+") -> str:
    """A button that puts a card into the tray."""
    told = escape_html(name[:_LONGEST_NAME])
    words = f"Add {told} to the comparison"
    label = f' aria-label="{words}" title="{words}"' if text == "+" else ""
    return (
        f'<button type="button" class="gk-button" data-gk="put" data-name="{told}"{label}>{escape_html(text)}</button>'
    )


def draw_guesses(page: str, names: Sequence[str], **asked: Any) -> str:
    """Names that may have been meant, each a link that asks for it on the same page; nothing without any."""
    if not names:
        return ""
    links = " · ".join(draw_link(page, name, name=name, **asked) for name in names[:4])
    return f'<p class="gk gk-guesses">Did you mean {links}?</p>'
