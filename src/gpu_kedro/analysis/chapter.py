"""The findings told: as a chapter of the report (HTML), and one by one for notebooks and docs (Markdown)."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gpu_kedro.modelling.page import draw_inline
from gpu_kedro.modelling.tables import escape_markdown


def tell_finding(finding: Mapping[str, Any]) -> str:
    """One finding without its figure, as Markdown: question, answer, method and caveat."""
    question, answer, method, caveat = (
        escape_markdown(finding[part]) for part in ("question", "answer", "method", "caveat")
    )
    return f"*{question}*\n\n**{answer}**\n\nMethod: {method}\n\nCaveat: {caveat}\n"


def write_chapter(findings: Sequence[Mapping[str, Any]], figures: Mapping[str, go.Figure]) -> str:
    """The chapter as HTML.

    Args:
        findings: records of `Study.to_record`, in their order.
        figures: by the name of the finding; one without traces is left out.
    """
    links = " ".join(f'<a href="#{_anchor(one)}">{html.escape(one["title"])}</a>' for one in findings)
    return "\n".join([f"<nav>{links}</nav>", *(_write_finding(one, figures.get(one["name"])) for one in findings)])


def _write_finding(finding: Mapping[str, Any], figure: go.Figure | None) -> str:
    drawn = draw_inline(figure, f"{_anchor(finding)}_figure") if figure is not None and figure.data else ""
    return "\n".join(
        [
            f'<h3 id="{_anchor(finding)}">{html.escape(finding["title"])}</h3>',
            f"<p><em>{html.escape(finding['question'])}</em></p>",
            f"<p>{html.escape(finding['answer'])}</p>",
            drawn,
            f"<p><strong>Method.</strong> {html.escape(finding['method'])}</p>",
            f"<p><strong>Caveat.</strong> {html.escape(finding['caveat'])}</p>",
        ]
    )


def _anchor(finding: Mapping[str, Any]) -> str:
    return f"analysis_{finding['name']}"
