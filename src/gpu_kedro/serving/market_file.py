"""Reads a file of observed prices as the market of a request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gpu_kedro.domain.observations.dates import read_moment
from gpu_kedro.domain.observations.files import open_observations, read_rows
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.source import OWN_FILE, Limits

#: Reasons that an error names; a file with a wrong header has the same one in every row.
_SHOWN = 3


class MarketFile(NamedTuple):
    """Observed prices of a file.

    Args:
        observations: as a request brings them (`gpu_kedro.contracts.v1.MarketObservation`).
        rows: the row of the file that each is of.
        refused: rows that cannot be used, each with its number and the reason.
    """

    observations: list[dict[str, Any]]
    rows: list[int]
    refused: list[str]


def read_market_file(
    content: bytes | Path,
    *,
    most: int | None = None,
    rates: Mapping[str, float] | None = None,
    default_date: str | int | None = None,
    file: str = "the file",
) -> MarketFile:
    """The observed prices of a CSV, TSV, Excel or Parquet file.

    Args:
        most: rows that it may have.
        rates: US dollars for one unit of another currency, by its code.
        default_date: of rows without a date.
        file: what errors call it.

    Raises:
        TableFileError: it cannot be read, has too many rows, or none that can be used.
        ValueError: the default date is none, or a rate is not.
    """
    limits = OWN_FILE if most is None else Limits(rows=most)
    found = MarketFile([], [], [])
    for row in read_rows(open_observations(content, rates=rates, limits=limits, file=file), read_moment(default_date)):
        if row.observation is None or "price_usd" not in row.observation.figures:
            found.refused.append(f"row {row.number}: {row.reason or 'no price'}")
        else:
            seen = row.observation
            found.observations.append(
                {
                    "name": seen.name,
                    "price_usd": seen.figures["price_usd"],
                    "date": seen.moment.text,
                    "condition": seen.condition,
                    "market": seen.market or None,
                }
            )
            found.rows.append(row.number)
    if not found.observations:
        error = TableFileError(f"has no price that can be used ({'; '.join(found.refused[:_SHOWN])})", "mend its rows")
        error.file = file
        raise error
    return found
