"""The report: one HTML page that works offline, with the main tables and every figure."""

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.modelling.options import SplitOptions
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.benchmark_figures import draw_comparison
from gpu_kedro.reports.benchmark_report import (
    introduce_comparison,
    introduce_tuning,
    tabulate_comparison,
    tabulate_seeds,
    tabulate_tuning,
)
from gpu_kedro.reports.cards import (
    ATTRIBUTION,
    describe_untrained,
    join_table,
    leakage_table,
    ledger_table,
    list_caveats,
    models_table,
    overview_table,
    reach_table,
    strata_table,
    temporal_coverage_table,
)
from gpu_kedro.reports.suspects_tables import describe_suspects, first_suspects_table, suspects_table

_STYLE = """
body { color: #1b2733; font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 860px; padding: 0 1rem; }
h2 { border-top: 1px solid #d5dbe1; margin-top: 3rem; padding-top: 1rem; }
table { border-collapse: collapse; display: block; font-size: 14px; margin: 1rem 0; overflow-x: auto; }
th, td { border-bottom: 1px solid #d5dbe1; padding: .25rem .6rem; text-align: left; vertical-align: top; }
.figure { text-align: right; white-space: nowrap; }
.untrained { background: #fff3d6; padding: .6rem 1rem; }
nav a { margin-right: 1rem; }
"""
_FIGURE_CONFIG = {"displaylogo": False, "responsive": True}


class Section(NamedTuple):
    """A chapter of the page: paragraphs of plain text, headed tables as HTML, figures by name, and more as HTML."""

    anchor: str
    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()
    figures: Mapping[str, go.Figure] = {}
    content: str = ""


def write_page(
    metrics: Mapping[str, Any], splits: SplitOptions, figures: Mapping[str, go.Figure], analysis: str = ""
) -> str:
    """The whole page.

    Args:
        metrics: what `collect_metrics` gives.
        splits: how GPUs were split.
        figures: by name, those of a target starting with its name; one without traces is not drawn yet and left out.
        analysis: what the data says, as HTML.
    """
    sections = [
        _overview(metrics),
        *(_target_section(metrics, target, figures) for target in TARGETS),
        *_studies(metrics),
        _leakage(metrics),
        _data(metrics, figures),
        Section("analysis", "Analysis", ("What the data says, with 95 % intervals.",), content=analysis),
        Section("limits", "Limits and caveats", tuple(list_caveats(metrics, splits))),
        Section("sources", "Sources", (ATTRIBUTION.replace("*", "").replace("`", ""),)),
    ]
    more = (
        '<p>More: <a href="model_card.md">model card</a>, <a href="data_card.md">data card</a>, '
        '<a href="features.md">features</a>, <a href="metrics.json">every figure as JSON</a>.</p>'
    )
    untrained = describe_untrained(metrics).replace("`", "")
    return render_page("gpu_kedro: report", "gpu_kedro: what the models know", untrained, sections, more)


def render_page(title: str, heading: str, notice: str, sections: Sequence[Section], footer: str = "") -> str:
    """A whole HTML page that works offline.

    Args:
        title: of the window.
        heading: above everything.
        notice: plain text in a box, left out when empty.
        sections: chapters, each with a link at the top.
        footer: HTML below.
    """
    links = " ".join(f'<a href="#{section.anchor}">{html.escape(section.title)}</a>' for section in sections)
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>",
            f"<script>{get_plotlyjs()}</script>\n</head>\n<body>\n<h1>{html.escape(heading)}</h1>",
            f'<p class="untrained">{html.escape(notice)}</p>' if notice else "",
            f"<nav>{links}</nav>",
            *(_render(section) for section in sections),
            footer,
            "</body>\n</html>\n",
        ]
    )


def _overview(metrics: Mapping[str, Any]) -> Section:
    data = metrics["data"]
    tables = [
        (heading, table.to_html())
        for heading, split in (("Grouped cross-validation", "grouped"), ("Temporal split", "temporal"))
        if (table := overview_table(metrics, split)).rows
    ]
    counts = (
        f"{format_count(data['rows_in'])} rows came in, {format_count(data['rows_kept'])} GPUs were kept. Every GPU is "
        "predicted by models that saw no variant of its chip (grouped) or no later test (temporal)."
    )
    return Section("results", "Results", (counts,), tuple(tables))


def _target_section(metrics: Mapping[str, Any], target: str, figures: Mapping[str, go.Figure]) -> Section:
    title = TARGETS[target].title
    own = {name: figure for name, figure in figures.items() if name.startswith(f"{target}_")}
    drawn = {name: figure for name, figure in own.items() if figure.data}
    paragraphs = ["Some figures are not drawn yet: kedro run draws them."] if len(drawn) < len(own) else []
    if target not in metrics["targets"]:
        return Section(target, title, ("Not trained yet: kedro run trains it.",), (), drawn)
    results = {"target": target, **metrics["targets"][target]}
    tables = [(f"All GPUs, {split} split", models_table(results, split).to_html()) for split in results["splits"]] + [
        ("By stratum, grouped split, everything known", strata_table(results, "grouped").to_html())
    ]
    fill = metrics["segment_fill"]
    if target == "segment" and fill:
        paragraphs.append(
            f"Of {format_count(fill['unknown'])} GPUs without a segment {format_count(fill['filled'])} were filled; "
            f"the model abstained on {format_count(fill['abstained'])}."
        )
    return Section(target, title, tuple(paragraphs), tuple(tables), drawn)


def _studies(metrics: Mapping[str, Any]) -> Iterator[Section]:
    """The comparison with other models and the search for recipes, as far as they were run."""
    if benchmark := metrics.get("benchmark"):
        tables = [*tabulate_comparison(benchmark), *tabulate_seeds(benchmark)]
        yield Section(
            "comparison",
            "Compared with",
            tuple(introduce_comparison(benchmark)),
            tuple((heading, table.to_html()) for heading, table in tables),
            {"comparison_figure": draw_comparison(benchmark)},
        )
    if tuning := metrics.get("tuning"):
        own = tuple((heading, table.to_html()) for heading, table in tabulate_tuning(tuning))
        yield Section("tuning", "Choice of the recipe", (introduce_tuning(tuning),), own)


def _leakage(metrics: Mapping[str, Any]) -> Section:
    text = (
        "The public compilation has columns with score / price and score / power. A model that sees them reads the "
        "answer off: the same gradient-boosted model on the same GPUs and folds, without and with them."
    )
    if not metrics["leakage"]:
        return Section("leakage", "Leaky against honest", (text, "Not measured yet: kedro run measures it."))
    return Section("leakage", "Leaky against honest", (text,), (("", leakage_table(metrics["leakage"]).to_html()),))


def _data(metrics: Mapping[str, Any], figures: Mapping[str, go.Figure]) -> Section:
    coverage = temporal_coverage_table(metrics)
    tables = [
        ("Cleaning rules that fired", ledger_table(metrics["data"]["by_rule"]).to_html()),
        ("Reach of the specifications", reach_table(metrics["join"]).to_html()),
        ("Kinds of join", join_table(metrics["join"]).to_html()),
    ]
    suspects = metrics["suspects"]
    tables.append(("Values with evidence against them", suspects_table(suspects).to_html()))
    tables.append(("The strongest evidence", first_suspects_table(suspects).to_html()))
    if coverage.rows:
        tables.append(("Interval coverage on the temporal split", coverage.to_html()))
    own = {name: figure for name, figure in figures.items() if not name.startswith(tuple(TARGETS)) and figure.data}
    return Section("data", "Data", (describe_suspects(suspects),), tuple(tables), own)


def _render(section: Section) -> str:
    parts = [f'<section id="{section.anchor}">\n<h2>{html.escape(section.title)}</h2>']
    parts += [f"<p>{html.escape(text)}</p>" for text in section.paragraphs]
    parts += [draw_inline(figure, name) for name, figure in section.figures.items()]
    for heading, table in section.tables:
        parts += [f"<h3>{html.escape(heading)}</h3>" if heading else "", table]
    return "\n".join([*parts, section.content, "</section>"])


def draw_inline(figure: go.Figure, name: str) -> str:
    """A figure as HTML of a page that has plotly.js already; `name` is its identifier there."""
    drawn: str = figure.to_html(
        full_html=False, include_plotlyjs=False, include_mathjax=False, div_id=name, config=_FIGURE_CONFIG
    )
    return drawn
