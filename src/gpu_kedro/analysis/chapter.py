"""The findings told: as a chapter of the report (HTML), and one by one for notebooks and docs (Markdown)."""

import html
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.formatting import UNKNOWN
from gpu_kedro.reports.report_page import draw_inline
from gpu_kedro.reports.tables import Table, escape_markdown


def tell_finding(finding: Mapping[str, Any]) -> str:
    """One finding without its figure, as Markdown: question, answer, method and caveat."""
    question, answer, method, caveat = (
        escape_markdown(finding[part]) for part in ("question", "answer", "method", "caveat")
    )
    return f"*{question}*\n\n**{answer}**\n\nMethod: {method}\n\nCaveat: {caveat}\n"


def write_chapter(
    findings: Sequence[Mapping[str, Any]], figures: Mapping[str, go.Figure], tables: Mapping[str, pd.DataFrame]
) -> str:
    """The chapter as HTML.

    Args:
        findings: records of `Study.to_record`, in their order.
        figures: by the name of the finding; one without traces is left out.
        tables: by the name of the finding.
    """
    links = " ".join(f'<a href="#{_anchor(one)}">{html.escape(one["title"])}</a>' for one in findings)
    return "\n".join(
        [f"<nav>{links}</nav>", *(_write_finding(one, figures[one["name"]], tables[one["name"]]) for one in findings)]
    )


def _write_finding(finding: Mapping[str, Any], figure: go.Figure, table: pd.DataFrame) -> str:
    drawn = draw_inline(figure, f"{_anchor(finding)}_figure") if figure.data else ""
    return "\n".join(
        [
            f'<h3 id="{_anchor(finding)}">{html.escape(finding["title"])}</h3>',
            f"<p><em>{html.escape(finding['question'])}</em></p>",
            f"<p>{html.escape(finding['answer'])}</p>",
            drawn,
            f"<details><summary>Table</summary>{_write_table(table)}</details>" if drawn else "",
            f"<p><strong>Method.</strong> {html.escape(finding['method'])}</p>",
            f"<p><strong>Caveat.</strong> {html.escape(finding['caveat'])}</p>",
        ]
    )


def _write_table(table: pd.DataFrame) -> str:
    columns = [str(column) for column in table.columns]
    rows = tuple(tuple(map(_write_cell, columns, row)) for row in table.itertuples(index=False))
    return Table(tuple(column.replace("_", " ") for column in columns), rows).to_html()


def _write_cell(column: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    separator = "" if column.endswith("year") else ","
    return format(value, f"{separator}.4g").replace("-", "−") if isfinite(value) else UNKNOWN


def _anchor(finding: Mapping[str, Any]) -> str:
    return f"analysis_{finding['name']}"
