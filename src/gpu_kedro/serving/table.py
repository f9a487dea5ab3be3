"""All known GPUs as columns, and which of their figures are missing: what relationships are explored with."""

from typing import Any

from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.domain.specs.sheets import SPEC_FIELDS
from gpu_kedro.modelling.targets import SEGMENTS
from gpu_kedro.serving.cards.forms import list_forms
from gpu_kedro.serving.cards.relatives import name_model
from gpu_kedro.serving.runtime import Runtime


def tabulate_known(runtime: Runtime) -> dict[str, Any]:
    """Columns of the known GPUs (`contracts.KnownTable`)."""
    catalogue = runtime.catalogue
    identities = runtime.identities
    test_years = {row["name"]: row["test_year"] for row in runtime.served.known.rows}
    entries = [catalogue.describe(place) for place in range(len(catalogue.names))]
    columns = {field: [entry[field] for entry in entries] for field in entries[0]}
    return {
        "model_version": runtime.version,
        "rows": len(entries),
        **columns,
        "vendor": [parsed.vendor for parsed, _ in identities],
        "architecture": [match.specs.get("architecture") for _, match in identities],
        "model": [name_model(parsed) for parsed, _ in identities],
        "kind": [parsed.kind for parsed, _ in identities],
        "is_mobile": [parsed.is_mobile for parsed, _ in identities],
        "is_max_q": [parsed.is_max_q for parsed, _ in identities],
        "form": list_forms(runtime),
        "memory_gb": [parsed.memory_gb or match.specs.get("memory_size_gb") for parsed, match in identities],
        "release_year": [match.specs.get("release_year") for _, match in identities],
        "test_year": [test_years.get(entry["name"]) if entry["origin"] == "table" else None for entry in entries],
        "match_kind": [match.kind for _, match in identities],
        "match_confidence": [match.confidence for _, match in identities],
    }


def map_missing(runtime: Runtime) -> dict[str, Any]:
    """Share of the table's GPUs without a value, by field and segment (`contracts.MissingMap`)."""
    rows = runtime.served.known.rows
    groups: dict[str, list[int]] = {"all": list(range(len(rows)))}
    for segment in SEGMENTS:
        groups[segment] = [place for place, row in enumerate(rows) if segment in (row["segment"] or "").split(", ")]
    groups["unknown"] = [place for place, row in enumerate(rows) if row["segment"] is None]
    groups = {name: places for name, places in groups.items() if places}
    sheets = [match.specs for _, match in runtime.identities[: len(rows)]]
    missing = {field: [row[field] is None for row in rows] for field in KNOWN_FIELDS}
    missing |= {f"spec_{field.name}": [sheet.get(field.name) is None for sheet in sheets] for field in SPEC_FIELDS}
    return {
        "model_version": runtime.version,
        "groups": list(groups),
        "rows": [len(places) for places in groups.values()],
        "fields": list(missing),
        "missing": [
            [sum(lacks[place] for place in places) / len(places) for places in groups.values()]
            for lacks in missing.values()
        ],
    }
