"""What the data says, finding by finding: for the report page, and as Markdown for notebooks and docs."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.formatting import UNKNOWN
from gpu_kedro.reports.tables.table import Table
from gpu_kedro.reports.templates import render


def finding_markdown(finding: Mapping[str, Any]) -> str:
    """One finding without its figure: question, answer, method and caveat."""
    return render("finding.md", **finding)


def illustrate_findings(
    findings: Sequence[Mapping[str, Any]], figures: Mapping[str, go.Figure], tables: Mapping[str, pd.DataFrame]
) -> list[dict[str, Any]]:
    """Records of `gpu_kedro.analysis.findings.Study`, each with the `figure` and the `table` of its name."""
    return [
        {**finding, "figure": figures[finding["name"]], "table": _tabulate(tables[finding["name"]])}
        for finding in findings
    ]


def _tabulate(table: pd.DataFrame) -> Table:
    columns = [str(column) for column in table.columns]
    rows = tuple(tuple(map(_write_cell, columns, row)) for row in table.itertuples(index=False))
    return Table(tuple(column.replace("_", " ") for column in columns), rows)


def _write_cell(column: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    separator = "" if column.endswith("year") else ","
    return format(value, f"{separator}.4g").replace("-", "−") if isfinite(value) else UNKNOWN
