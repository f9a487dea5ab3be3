"""The sibling of a GPU in the other form, and the one that came after it; both told by their names."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from gpu_kedro.domain.identify import Reading
from gpu_kedro.domain.names.parser import ParsedName
from gpu_kedro.serving.catalogue import Catalogue, Entry
from gpu_kedro.serving.runtime import Runtime


def name_model(parsed: ParsedName) -> str | None:
    """Product line, number and suffix, which desktop and laptop siblings share; None where the name lacks them."""
    if parsed.series is None or parsed.model is None:
        return None
    return " ".join(part for part in (parsed.series, parsed.model, parsed.suffix) if part)


def find_sibling(runtime: Runtime, catalogue: Catalogue, reading: Reading) -> Entry | None:
    """The desktop card of a laptop's, and the other way round; None where there is none.

    Args:
        catalogue: at the prices that are wanted.
    """
    asked = reading.plain
    model = name_model(asked)
    if model is None or asked.kind != "discrete":
        return None
    alike = _find_products(runtime).by_model.get((model, not asked.is_mobile), ())
    return _describe_plainest(runtime, catalogue, alike)


def find_successor(runtime: Runtime, catalogue: Catalogue, reading: Reading) -> Entry | None:
    """The GPU of the same line, tier, suffix and form in the next generation; None where the names tell of none.

    GTX and RTX are one line: a GTX 1070 is followed by the RTX 2070. Workstation lines are left out, since their
    numbers do not say which card follows which.

    Args:
        catalogue: at the prices that are wanted.
    """
    asked, released = reading.plain, reading.match.specs.get("release_year")
    if not asked.tier or not asked.generation or asked.kind != "discrete" or asked.is_workstation or not released:
        return None
    later: dict[float, list[int]] = {}
    for place in _find_products(runtime).by_rung.get(_rung(asked), ()):
        parsed, match = runtime.identities[place]
        year = match.specs.get("release_year")
        if year and year > released and (parsed.generation or 0) > asked.generation:
            later.setdefault(year, []).append(place)
    return _describe_plainest(runtime, catalogue, later[min(later)]) if later else None


def _rung(parsed: ParsedName) -> tuple[Any, ...]:
    line = (parsed.series or "").replace(" gtx", "").replace(" rtx", "")
    return line, parsed.tier, parsed.suffix, parsed.is_mobile


class _Products(NamedTuple):
    """Places of the GPUs whose sheet is their own; no Max-Q, which is a second form of a laptop's.

    Args:
        by_model: by product (`name_model`), and whether it is a laptop's.
        by_rung: by line, tier, suffix and form.
    """

    by_model: dict[tuple[str | None, bool], list[int]]
    by_rung: dict[tuple[Any, ...], list[int]]


#: Found once for a bundle.
_PRODUCTS: WeakKeyDictionary[Catalogue, _Products] = WeakKeyDictionary()


def _find_products(runtime: Runtime) -> _Products:
    if (known := _PRODUCTS.get(runtime.catalogue)) is not None:
        return known
    found = _Products({}, {})
    for place, (parsed, match) in enumerate(runtime.identities):
        if parsed.kind == "discrete" and match.is_strict and not parsed.is_max_q:
            found.by_model.setdefault((name_model(parsed), parsed.is_mobile), []).append(place)
            found.by_rung.setdefault(_rung(parsed), []).append(place)
    _PRODUCTS[runtime.catalogue] = found
    return found


def _describe_plainest(runtime: Runtime, catalogue: Catalogue, places: Iterable[int]) -> Entry | None:
    """Of several editions of one product, that with the plainest name; one of the table before others."""

    def rank(place: int) -> tuple[Any, ...]:
        parsed = runtime.identities[place][0]
        is_listed = catalogue.describe(place)["origin"] != "table"
        return parsed.memory_gb is not None or bool(parsed.qualifiers), is_listed, len(catalogue.names[place]), place

    best = min(places, key=rank, default=None)
    return None if best is None else catalogue.describe(best)
