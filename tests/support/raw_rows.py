"""Raw tables of a few rows, for tests of cleaning."""

import pandas as pd

from gpu_kedro.domain.table.cleaning import clean_gpus
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.domain.table.rules import MEASUREMENTS

TOLERANT = CleaningOptions(max_unusable_share=1)
COLUMNS = ("name", *MEASUREMENTS, "category")
USUAL = ("GeForce GTX 1060", "10000", "700", "299.99", "120", "2016", "Desktop")


def table(*rows, **extra):
    cells = {column: pd.array([row[at] for row in rows], dtype="str") for at, column in enumerate(COLUMNS)}
    extras = {name: pd.array(values, dtype="str") for name, values in extra.items()}
    return pd.DataFrame({"source_row": range(2, len(rows) + 2), **cells, **extras})


def row(**changes):
    return tuple(changes.get(column, usual) for column, usual in zip(COLUMNS, USUAL, strict=True))


def clean(*rows, options=TOLERANT, **extra):
    return clean_gpus(table(*rows, **extra), options)


def events(ledger):
    return list(zip(ledger["column"], ledger["rule"], ledger["action"], strict=True))
