"""Puts newer marks and powers beside the table: the newer figure of a GPU counts, and both stand in the ledger."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from gpu_kedro.domain.identify import Reading
from gpu_kedro.domain.observations.dates import Moment, read_moment
from gpu_kedro.domain.table.repeated_names import make_slug

#: Figures that are learned from; prices are of a date, and go to the market.
LEARNED_FIELDS = ("g3d_mark", "g2d_mark", "tdp_w")
#: When each of them was observed; missing where it is the table's own.
DATE_COLUMNS = tuple(f"{field}_date" for field in LEARNED_FIELDS)
OBSERVATION_COLUMNS = ("file", "row", "name", *LEARNED_FIELDS, "price_usd", "date", "condition", "market", "reason")
LEDGER_COLUMNS = ("file", "row", "name", "field", "action", "old_value", "new_value", "date", "detail")
#: Ends the id of a GPU that only observations know; its fold leaves those of all others as they are.
OBSERVED = "--observed"
#: Which GPU of the table a reading means, and what tells two readings of no GPU of the table apart.
FindRow = Callable[[Reading], Mapping[str, Any] | None]


class JoinedObservations(NamedTuple):
    """The table with what was observed, and what became of each observation (`LEDGER_COLUMNS`)."""

    gpus: pd.DataFrame
    ledger: pd.DataFrame


def join_observations(
    gpus: pd.DataFrame, observations: pd.DataFrame, read: Callable[[str], Reading], find_row: FindRow, table_year: int
) -> JoinedObservations:
    """Put marks and powers into the table: where both have a figure of a GPU, the newer one counts.

    Args:
        gpus: the clean table.
        observations: `OBSERVATION_COLUMNS`, one row for each row of a file; `reason` says why one cannot be used.
        read: reads a name.
        find_row: which GPU of the table a reading means.
        table_year: of figures of the table that have no year of their own.

    Returns:
        The table with `DATE_COLUMNS` behind; GPUs that it has not stand at its end. Not changed where nothing was
        observed.
    """
    changed: dict[str, dict[str, Any]] = {}
    added: dict[Any, dict[str, Any]] = {}
    entries: list[dict[str, Any]] = []
    own = {row["gpu_id"]: row for row in _list_rows(gpus)}
    for seen in _list_rows(observations.astype(object).where(observations.notna(), None)):
        entry = {name: seen[name] for name in ("file", "row", "name", "date")} | {"detail": ""}
        if seen["reason"] is not None and seen["date"] is None:
            entries.append({**entry, "action": "rejected", "detail": seen["reason"]})
            continue
        fields = [field for field in LEARNED_FIELDS if seen[field] is not None]
        if seen["price_usd"] is not None:
            entries.append({**entry, "field": "price_usd", "action": "for the market", "new_value": seen["price_usd"]})
        if not fields:
            continue
        reading = read(seen["name"])
        known = find_row(reading)
        if known is None and reading.refusal is not None:
            entries.append({**entry, "action": "rejected", "detail": reading.refusal.detail})
            continue
        if known is None:
            row = _add_row(reading, seen, gpus, added)
        else:
            gpu_id = known["gpu_id"]
            row = changed.setdefault(gpu_id, {**own[gpu_id], **dict.fromkeys(DATE_COLUMNS)})
        entries += [{**entry, "field": field, **_take(row, field, seen, table_year)} for field in fields]
    joined = gpus.assign(**dict.fromkeys(DATE_COLUMNS))
    if changed or added:
        rows = [changed.get(gpu_id, own_row) for gpu_id, own_row in own.items()]
        joined = pd.DataFrame([*rows, *added.values()], columns=joined.columns)
        joined = joined.astype({name: kind for name, kind in gpus.dtypes.items() if name != "source_row"})
    joined = joined.astype(dict.fromkeys(DATE_COLUMNS, "str") | {"source_row": "float64"})
    ledger = pd.DataFrame(entries, columns=list(LEDGER_COLUMNS))
    kinds = dict.fromkeys(LEDGER_COLUMNS, "str") | {"row": "int64", "old_value": "float64", "new_value": "float64"}
    return JoinedObservations(joined, ledger.astype(kinds))


def _list_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _add_row(
    reading: Reading, seen: Mapping[str, Any], gpus: pd.DataFrame, added: dict[Any, dict[str, Any]]
) -> dict[str, Any]:
    parsed, match = reading.plain, reading.match
    key = (match.spec_name, parsed.suffix, parsed.memory_gb, parsed.is_mobile) if match.is_strict else parsed.canonical
    if key not in added:
        name = match.spec_name if match.is_strict and match.spec_name else seen["name"]
        taken = {row["gpu_id"] for row in added.values()}
        slug = make_slug(name) + OBSERVED
        while slug in taken:
            slug = slug.replace(OBSERVED, f"-{len(taken)}{OBSERVED}")
        added[key] = {
            **dict.fromkeys(gpus.columns),
            "gpu_id": slug,
            "name": seen["name"],
            "reported_name": seen["name"],
        }
    return added[key]


def _take(row: dict[str, Any], field: str, seen: Mapping[str, Any], table_year: int) -> dict[str, Any]:
    """Let a figure count unless the one that is there is as new."""
    old, moment = row[field], read_moment(seen["date"]) or Moment(table_year)
    has_old = old is not None and old == old
    told = {"old_value": old if has_old else None, "new_value": seen[field]}
    if has_old and not _is_newer(row, field, moment.start, table_year):
        return {**told, "action": "kept out", "detail": "what is there is as new or newer"}
    row[field], row[f"{field}_date"] = seen[field], moment.text
    if field == "g3d_mark":
        row["test_year"] = float(moment.year)
    return {**told, "action": "replaced" if has_old else "added"}


def _is_newer(row: Mapping[str, Any], field: str, start: float, table_year: int) -> bool:
    observed = read_moment(row.get(f"{field}_date"))
    if observed is not None:
        return start > observed.start
    year = row["test_year"] if field == "g3d_mark" and row["test_year"] == row["test_year"] else table_year
    return int(start) > year
