"""The app: `make app`, or `streamlit run streamlit_app/app.py`."""

from pathlib import Path

import streamlit as st

from streamlit_app.widgets.style import CSS

#: A file of its own: Streamlit would fetch the icons it has names for from another host.
_ICON = Path(__file__).with_name("icon.svg")
_PAGES = (
    ("views/ask.py", "Ask about a GPU", ":material/search:", "ask"),
    ("views/deal.py", "Is it a deal?", ":material/sell:", "deal"),
    ("views/compare.py", "Compare", ":material/compare_arrows:", "compare"),
    ("views/find.py", "Find", ":material/target:", "find"),
    ("views/fleet.py", "Fleet", ":material/lists:", "fleet"),
    ("views/explore.py", "Explore", ":material/query_stats:", "explore"),
    ("views/model.py", "Model", ":material/model_training:", "model"),
)

st.set_page_config(page_title="gpu_kedro", page_icon=str(_ICON), layout="wide")
st.html(CSS)
st.navigation(
    [
        st.Page(path, title=title, icon=icon, url_path=address, default=address == "ask")
        for path, title, icon, address in _PAGES
    ]
).run()
