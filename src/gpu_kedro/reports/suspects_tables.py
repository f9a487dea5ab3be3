"""Figures and labels of the table that the evidence speaks against, as tables of the report."""

from collections.abc import Mapping
from typing import Any

from gpu_kedro.modelling.evaluation.suspects import KIND_TITLES
from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.reports.tables import Table


def describe_suspects(summary: Mapping[str, Any]) -> str:
    """Where they are listed, and how many there are."""
    strengths = ", ".join(f"{format_count(count)} {name}" for name, count in summary["by_strength"].items())
    return (
        f"{format_count(summary['rows'])} values of the table have evidence against them ({strengths}). They are "
        "listed with it in data/08_reporting/suspects.csv, to be looked up at the source; nothing was changed."
    )


def suspects_table(summary: Mapping[str, Any]) -> Table:
    """How many values have evidence of each kind against them."""
    rows = [(KIND_TITLES[kind], format_count(count)) for kind, count in summary["by_kind"].items()]
    return Table(("evidence", "values"), tuple(rows))


def first_suspects_table(summary: Mapping[str, Any]) -> Table:
    """The strongest ones."""
    rows = [
        (row["name"], row["field"], row["value"], row["expected"], row["evidence"])
        for row in summary["first"]
        if row["field"] != "name"
    ]
    return Table(("GPU", "field", "in the table", "expected", "evidence"), tuple(rows))
