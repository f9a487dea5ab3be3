"""The ledger: what cleaning did to which row, by which rule, and the proof that no row went missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypedDict

import pandas as pd

from gpu_kedro.domain.errors import LedgerError

Action = Literal["repaired", "set_missing", "rejected", "flagged"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing cleaning may do.

    Args:
        id: name under which the ledger counts it.
        column: column it looks at, `*` for every numeric column.
        action: `repaired` and `set_missing` change a value, `rejected` removes the row, `flagged` changes nothing.
        description: when it fires and why, for the report and the data card.
    """

    id: str
    column: str
    action: Action
    description: str


class LedgerEntry(NamedTuple):
    """One application of a rule. `name` is the name as the file has it; values are text, missing stays missing."""

    source_row: int
    name: str | None
    column: str
    rule: str
    action: Action
    old_value: str | None
    new_value: str | None
    detail: str


LEDGER_COLUMNS: tuple[str, ...] = LedgerEntry._fields


class RuleCount(TypedDict):
    """How often one rule fired on one column."""

    rule: str
    action: str
    column: str
    entries: int


class LedgerSummary(TypedDict):
    """The books: `rows_in == rows_kept + rows_rejected`, and the rules that fired, by name."""

    rows_in: int
    rows_kept: int
    rows_rejected: int
    by_rule: list[RuleCount]


def tabulate_ledger(entries: Iterable[LedgerEntry]) -> pd.DataFrame:
    """Arrange entries as a table, sorted by row, then column and rule; text columns are `str` with missing values."""
    ledger = pd.DataFrame(list(entries), columns=list(LEDGER_COLUMNS))
    text = [column for column in LEDGER_COLUMNS if column != "source_row"]
    ledger = ledger.astype({"source_row": "int64"} | dict.fromkeys(text, "str"))
    return ledger.sort_values(["source_row", "column", "rule"], kind="stable", ignore_index=True)


def summarise_ledger(ledger: pd.DataFrame, rows_in: int, rows_kept: int) -> LedgerSummary:
    """Count entries by rule, action and column.

    Raises:
        LedgerError: a row was rejected twice, or rows_in is not rows_kept + rows_rejected.
    """
    rejected = ledger.loc[ledger["action"] == "rejected", "source_row"]
    if rejected.duplicated().any():
        raise LedgerError(f"row {rejected[rejected.duplicated()].iloc[0]} is rejected twice; let one rule decide")
    if rows_in != rows_kept + len(rejected):
        raise LedgerError(
            f"{rows_in} rows came in, but {rows_kept} were kept and {len(rejected)} rejected; "
            "every row that leaves needs its ledger entry"
        )
    counts = Counter(zip(ledger["rule"], ledger["action"], ledger["column"], strict=True))
    by_rule = [
        RuleCount(rule=rule, action=action, column=column, entries=entries)
        for (rule, action, column), entries in sorted(counts.items())
    ]
    return LedgerSummary(rows_in=rows_in, rows_kept=rows_kept, rows_rejected=len(rejected), by_rule=by_rule)
