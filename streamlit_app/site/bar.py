"""The bar above every page: where one is and can go, the cards put aside to compare, and the address to copy."""

import streamlit as st

from streamlit_app.site.pages import NAME, PAGES, SitePage
from streamlit_app.site.visit import Visit
from streamlit_app.widgets.links import draw_link, write_address
from streamlit_app.widgets.wording import escape_html, shorten

_COPY = '<button type="button" class="gk-button" data-gk="copy">Copy link</button>'


def draw_bar(here: SitePage, visit: Visit) -> None:
    """Draw the bar of a page, and remember what is asked there."""
    visit.asked[here.address] = {name: st.query_params.get_all(name) for name in st.query_params}
    links = "".join(f"<li>{_link(page, here, visit)}</li>" for page in PAGES)
    brand = draw_link("", NAME, "gk-brand")
    st.html(f'<nav class="gk gk-nav" aria-label="Pages">{brand}<ul>{links}</ul>{_COPY}</nav>')
    place = st.empty()  # without a place that is always there, what follows would be drawn twice for a moment
    if visit.tray:
        place.html(_draw_tray(visit))


def _link(page: SitePage, here: SitePage, visit: Visit) -> str:
    asked = visit.asked.get(page.address, {})
    if page.address == "compare" and visit.tray:
        asked = {"names": visit.tray}
    address = escape_html(write_address(page.address, asked))
    current = ' aria-current="page"' if page is here else ""
    return f'<a class="gk-link" href="{address}"{current}>{page.title}</a>'


def _draw_tray(visit: Visit) -> str:
    cards = "".join(
        f'<li><span>{escape_html(shorten(name, 40))}</span><button type="button" class="gk-button" data-gk="drop" '
        f'data-name="{escape_html(name)}" aria-label="Take {escape_html(name)} out of the comparison">×</button></li>'
        for name in visit.tray
    )
    compare = draw_link("compare", f"Compare {len(visit.tray)}", "gk-action", names=visit.tray)
    onwards = compare if len(visit.tray) > 1 else '<span class="gk-muted">add another card to compare</span>'
    return f'<div class="gk gk-tray" role="region" aria-label="Cards to compare"><ul>{cards}</ul>{onwards}</div>'
