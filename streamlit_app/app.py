"""The app: `make app`, or `streamlit run streamlit_app/app.py`."""

from pathlib import Path

import streamlit as st

from streamlit_app.prices import follow_address
from streamlit_app.site.bar import draw_bar
from streamlit_app.site.browser import listen_to_browser
from streamlit_app.site.pages import NAME, PAGES, START
from streamlit_app.site.visit import current_visit
from streamlit_app.widgets.style import CSS

#: A file of its own: Streamlit would fetch the icons it has names for from another host.
_ICON = Path(__file__).with_name("icon.svg")

st.set_page_config(page_title=NAME, page_icon=str(_ICON), layout="wide")
st.html(CSS)
pages = [
    st.Page(page.script, title=page.title, url_path=page.address or "ask", default=page is START) for page in PAGES
]
chosen = st.navigation(pages, position="hidden")
listen_to_browser(chosen.url_path)
follow_address()
draw_bar(next(page for page in PAGES if page.address == chosen.url_path), current_visit())
chosen.run()
