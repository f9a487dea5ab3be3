"""Where a GPU stands among all that were benchmarked, with well-known cards around it."""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.serving.catalogue import Catalogue, Entry
from gpu_kedro.serving.runtime import Runtime

#: A landmark on each side is at least by this factor away; the second one by the next.
_STEPS = (1.1, 1.9)


def find_standing(runtime: Runtime, figure: Mapping[str, Any]) -> dict[str, Any] | None:
    """Share of benchmarked GPUs that are slower (`contracts.Standing`); None for a GPU without a mark.

    Args:
        figure: its G3D Mark (`contracts.Figure`).
    """
    if figure["value"] is None:
        return None
    marks, landmarks = _find_field(runtime)

    def rank(mark: float) -> float:
        return round(100 * float(np.searchsorted(marks, mark)) / len(marks), 1)

    ends = figure["interval_80"] if figure["source"] == "predicted" else None
    return {
        "percentile": rank(figure["value"]),
        "percentile_80": None if ends is None else [rank(end) for end in ends],
        "of": len(marks),
        "landmarks": _choose_landmarks(runtime, landmarks, figure["value"]),
    }


#: Marks of the benchmarked GPUs, rising, and the places of well-known cards; found once for a bundle.
_FIELDS: WeakKeyDictionary[Catalogue, tuple[NDArray[np.float64], list[int]]] = WeakKeyDictionary()


def _find_field(runtime: Runtime) -> tuple[NDArray[np.float64], list[int]]:
    catalogue = runtime.catalogue
    if catalogue not in _FIELDS:
        marks = np.sort(catalogue.g3d_mark[catalogue.is_measured("g3d_mark")])
        _FIELDS[catalogue] = marks, _list_landmarks(runtime)
    return _FIELDS[catalogue]


def _choose_landmarks(runtime: Runtime, landmarks: Sequence[int], mark: float) -> list[Entry]:
    """Well-known cards around a mark, slowest first: at most two slower and two faster ones, well apart."""
    catalogue = runtime.catalogue
    known = sorted((catalogue.g3d_mark[place], place) for place in landmarks)
    found: list[int] = []
    for step in _STEPS:
        slower = [place for other, place in known if other <= mark / step]
        faster = [place for other, place in known if other >= mark * step]
        found += [*slower[-1:], *faster[:1]]
    chosen = sorted(dict.fromkeys(found), key=lambda place: catalogue.g3d_mark[place])
    return [catalogue.describe(place) for place in chosen]


def _list_landmarks(runtime: Runtime) -> list[int]:
    """Plain desktop cards of which the table has both a mark and a price: everybody could buy them."""
    catalogue = runtime.catalogue
    is_complete = catalogue.is_measured("g3d_mark") & catalogue.is_measured("price_usd")
    return [
        place
        for place in np.flatnonzero(is_complete).tolist()
        for parsed, match in [runtime.identities[place]]
        if parsed.kind == "discrete"
        and parsed.tier
        and match.is_strict
        and not (parsed.suffix or parsed.is_mobile or parsed.is_workstation or parsed.memory_gb or parsed.qualifiers)
        and catalogue.segments[place] == "Desktop"
    ]
