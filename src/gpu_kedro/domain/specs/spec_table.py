"""The rows of the specification table, indexed by what a name says."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gpu_kedro.domain.names.parser import ParsedName, canonicalise
from gpu_kedro.domain.specs.rows import SpecRow

Key = tuple[str | None, str | None, str | None, int]


FORMS = (0, 1, 2)


def form_of(parsed: ParsedName, is_mobile: bool) -> int:
    """0 for a desktop card, 1 for a laptop's, 2 for Max-Q."""
    return 2 if parsed.is_max_q else int(is_mobile)


def key_of(parsed: ParsedName, is_mobile: bool) -> Key:
    """Series, model number as written, suffix and form: equal for all editions of one product."""
    return parsed.series, parsed.model_token, parsed.suffix, form_of(parsed, is_mobile)


class SpecTable:
    """Look-ups by name, key, number, line and chip; immutable."""

    def __init__(self, rows: Sequence[SpecRow]) -> None:
        self.by_name = {row.spec_name: row for row in rows}
        self.by_key: dict[Key, list[SpecRow]] = defaultdict(list)
        self.by_canonical: dict[str, SpecRow] = {}
        self.by_number: dict[tuple[str | None, str | None, int], list[SpecRow]] = defaultdict(list)
        self.by_chip: dict[str, list[SpecRow]] = defaultdict(list)
        self._by_line: dict[tuple[str, bool], list[SpecRow]] = defaultdict(list)
        for row in rows:
            self.by_canonical.setdefault(row.parsed.canonical, row)
            self.by_canonical.setdefault(canonicalise(row.spec_name), row)
            if row.parsed.kind == "vgpu":
                continue
            self.by_key[key_of(row.parsed, row.is_mobile)].append(row)
            self.by_number[row.parsed.model_token, row.parsed.suffix, form_of(row.parsed, row.is_mobile)].append(row)
            for name in _chip_names(str(row.values.get("chip", ""))):
                self.by_chip[name].append(row)
            if row.parsed.series:
                self._by_line[row.parsed.series, row.is_mobile].append(row)

    def rows_of_lines(self, parsed: ParsedName) -> Iterator[SpecRow]:
        """Rows of the name's form in its line, and in those that a missing word can hide."""
        for series in _related_series(parsed.series or ""):
            yield from self._by_line.get((series, parsed.is_mobile), ())


def _chip_names(chip: str) -> Iterator[str]:
    """A chip's name as one word: `Navi 22` as "navi22", `Haswell GT2` also as "haswell"."""
    words = chip.lower().removesuffix("-m").removesuffix("+").split()
    yield "".join(words)
    if len(words) > 1 and words[-1].startswith("gt"):
        yield "".join(words[:-1])


def _related_series(series: str) -> tuple[str, ...]:
    """Name the lines a missing word can hide: `GeForce 620` may be a GT, a bare `Radeon 6750M` an HD, never an RX."""
    if series.split()[:1] == ["geforce"]:
        return tuple(dict.fromkeys((series, "geforce", "geforce gt", "geforce gts", "geforce gtx")))
    if series == "radeon":
        return ("radeon", "radeon hd")
    if series in ("intel iris", "intel hd"):
        return (series, "intel iris plus" if series == "intel iris" else "intel uhd")
    if series in ("radeon vega", "radeon rx vega"):
        return ("radeon rx vega", "radeon vega")
    return (series,) if series else ()
