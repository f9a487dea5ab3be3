"""What cleaning did, how far the specifications reach and which values are suspect, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from gpu_kedro.domain.specs.kinds import KINDS
from gpu_kedro.domain.table.rules import RULES
from gpu_kedro.modelling.evaluation.suspects import KIND_TITLES
from gpu_kedro.modelling.formatting import format_count, format_number, format_share
from gpu_kedro.reports.tables.table import Table


def ledger_table(by_rule: Sequence[Mapping[str, Any]]) -> Table:
    """The cleaning rules that fired, most often first."""
    descriptions = {rule.id: rule.description for rule in RULES}
    fired = sorted(by_rule, key=lambda entry: (-entry["entries"], entry["rule"], entry["column"]))
    rows = tuple(
        (
            entry["rule"],
            entry["action"].replace("_", " "),
            entry["column"],
            format_count(entry["entries"]),
            descriptions.get(entry["rule"], ""),
        )
        for entry in fired
    )
    return Table(("rule", "action", "column", "times", "when"), rows)


def reach_table(join: Mapping[str, Any]) -> Table:
    """Shares of GPUs with a specification, overall and where a figure is known."""
    rows = tuple(
        (
            group.replace("_", " "),
            format_count(reach["rows"]),
            format_share(reach["any"]),
            format_share(reach["strict"]),
        )
        for group, reach in join["reach"].items()
    )
    return Table(("GPUs", "rows", "joined in any way", "joined strictly"), rows)


def join_table(join: Mapping[str, Any]) -> Table:
    """GPUs by kind of join, with its confidence and what it rests on."""
    rows = tuple(
        (
            kind,
            format_count(rows),
            format_number(KINDS[kind].confidence, 2),
            "yes" if KINDS[kind].is_strict else "no",
            KINDS[kind].description,
        )
        for kind, rows in join["kinds"].items()
    )
    return Table(("kind", "GPUs", "confidence", "strict", "rests on"), rows)


def suspects_table(suspects: Mapping[str, Any]) -> Table:
    """How many values have evidence of each kind against them."""
    rows = [(KIND_TITLES[kind], format_count(count)) for kind, count in suspects["by_kind"].items()]
    return Table(("evidence", "values"), tuple(rows))


def first_suspects_table(suspects: Mapping[str, Any]) -> Table:
    """The values with the strongest evidence against them."""
    rows = [
        (row["name"], row["field"], row["value"], row["expected"], row["evidence"])
        for row in suspects["first"]
        if row["field"] != "name"
    ]
    return Table(("GPU", "field", "in the table", "expected", "evidence"), tuple(rows))
