"""Fill the templates of this folder: figures come in as data, the words and the layout are in `templates/*.j2`."""

import re
from functools import cache
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from gpu_kedro.modelling.formatting import format_count, format_factor, format_number, format_share, level_title
from gpu_kedro.reports.tables.table import Table, escape_markdown

_FIGURE_CONFIG = {"displaylogo": False, "responsive": True}
_BLANK_LINES = re.compile(r"\n{3,}")
_PARAGRAPH_END = re.compile(r"\n\s*\n")


def render(template: str, **data: Any) -> str:
    """Fill `<template>.j2`; in HTML every text is escaped, and a figure that `data` lacks is an error."""
    text = _environment().get_template(f"{template}.j2").render(data)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def render_paragraphs(template: str, **data: Any) -> list[str]:
    """Fill a template of plain text; each paragraph becomes one line."""
    return [" ".join(part.split()) for part in _PARAGRAPH_END.split(render(template, **data)) if part.strip()]


def figure_html(figure: go.Figure, name: str) -> str:
    """A figure as HTML of a page that has plotly.js already; `name` is its identifier there."""
    drawn: str = figure.to_html(
        full_html=False, include_plotlyjs=False, include_mathjax=False, div_id=name, config=_FIGURE_CONFIG
    )
    return drawn


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gpu_kedro.reports"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": format_count,
        "factor": format_factor,
        "number": format_number,
        "share": format_share,
        "level": level_title,
        "escape_markdown": escape_markdown,
        "markdown": Table.to_markdown,
        "html": lambda table: Markup(table.to_html()),  # noqa: S704  # nosec B704: its cells are escaped
        "figure": lambda figure, name: Markup(figure_html(figure, name)),  # noqa: S704  # nosec B704: Plotly escapes JSON
    }
    environment.globals["plotly_js"] = _plotly_js
    return environment


def _plotly_js() -> Markup:
    from plotly.offline import get_plotlyjs  # with IPython, where it is installed: half a second

    return Markup(get_plotlyjs())  # noqa: S704  # nosec B704: a script of the library
