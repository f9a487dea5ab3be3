"""The GPUs of the benchmark table, found again under any spelling of their name."""

from collections.abc import Iterable, Mapping
from typing import Any

from gpu_kedro.domain.identify import Reading
from gpu_kedro.domain.names.parser import ParsedName, complete_name, parse_name
from gpu_kedro.domain.specs.matching import SpecIndex

KnownGpu = Mapping[str, Any]
_Key = tuple[Any, ...]


class KnownGpus:
    """Looks up the measured figures of a GPU.

    A name finds a GPU of the table when both read alike, or when both stand for the same specification with the same
    suffix, memory and mobility ("RTX 3070" and "GeForce RTX 3070").

    Args:
        rows: `gpu_id, name, segment`, the known figures and `spec_name` of every GPU; None where not known.
    """

    def __init__(self, rows: Iterable[KnownGpu], index: SpecIndex) -> None:
        self.rows = list(rows)
        # prices are the table's own, whatever marks came later
        years = [
            int(row["test_year"])
            for row in self.rows
            if row["test_year"] is not None and row.get("g3d_mark_date") is None
        ]
        self.year = str(max(years, default="an unknown year"))
        self._by_text: dict[str, KnownGpu] = {}
        by_model: dict[_Key, list[KnownGpu]] = {}
        for row in self.rows:
            parsed = parse_name(row["name"])
            match = index.match(parsed)
            self._by_text.setdefault(parsed.canonical, row)
            if match.is_strict:
                by_model.setdefault(_model_key(match.spec_name, parsed), []).append(row)
        # two GPUs of the table under one key are two measurements that cannot be told apart by name
        self._by_model = {key: found[0] for key, found in by_model.items() if len(found) == 1}

    def date(self, row: KnownGpu, field: str) -> str | None:
        """When a figure is of: its observation's date, the table's year of a 3D mark, of all others its latest year."""
        if (observed := row.get(f"{field}_date")) is not None:
            return str(observed)
        if field != "g3d_mark":
            return self.year
        return None if row["test_year"] is None else f"{row['test_year']:.0f}"

    def origin(self, row: KnownGpu, field: str) -> str:
        """Who measured a figure: `table` or `observation`."""
        return "table" if row.get(f"{field}_date") is None else "observation"

    def find(self, reading: Reading) -> KnownGpu | None:
        """The GPU of the table that this name means, all of it or its plainest form, or None."""
        found = self._find(reading.parsed, reading)
        if found is None and reading.plain is not reading.parsed:
            found = self._find(reading.plain, reading)
        if found is None:
            found = self._by_text.get(complete_name(reading.plain.canonical, reading.plain.series, reading.plain.kind))
        return found

    def _find(self, parsed: ParsedName, reading: Reading) -> KnownGpu | None:
        found = self._by_text.get(parsed.canonical)
        if found is None and reading.match.is_strict:
            found = self._by_model.get(_model_key(reading.match.spec_name, parsed))
        return found


def _model_key(spec_name: str | None, parsed: ParsedName) -> _Key:
    return (spec_name, parsed.suffix, parsed.memory_gb, parsed.is_mobile, parsed.is_max_q)
