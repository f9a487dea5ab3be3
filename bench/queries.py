"""What the servers are asked: names of the table, and names that nobody has asked before."""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

_MAKERS = (
    "ASUS",
    "MSI",
    "Gigabyte",
    "Zotac",
    "PNY",
    "Sapphire",
    "PowerColor",
    "Palit",
    "Gainward",
    "XFX",
    "Inno3D",
    "KFA2",
)
_EDITIONS = ("OC", "Dual", "Gaming", "Mini", "Eagle", "White", "Twin", "Trio", "V2", "Pulse", "Nitro", "Rev 2")
#: One in so many single queries is a name that was never asked before; the others come from the table.
_NEW_EVERY = 4


class Queries:
    """Endless names, the same for every run with the same bundle.

    Args:
        bundle: folder of one version of a bundle.
    """

    def __init__(self, bundle: Path) -> None:
        known: list[str] = json.loads((bundle / "known_gpus.json").read_bytes())["name"]
        listed: list[str] = json.loads((bundle / "specs.json").read_bytes())["spec_name"]
        self._known = cycle(known)
        self._new = _name_boards(list(dict.fromkeys([*listed, *known])))

    def take(self, count: int) -> list[str]:
        """The next names: mostly from the table, every fourth one new."""
        return [next(self._known) if place % _NEW_EVERY else next(self._new) for place in range(count)]

    def take_new(self, count: int) -> list[str]:
        """The next names that were never given out before, all different."""
        return list(islice(self._new, count))


def _name_boards(names: list[str]) -> Iterator[str]:
    """Boards as shops list them ("ASUS GeForce RTX 3070 Dual"): every chip once, then again with another maker."""
    for round_ in range(len(_MAKERS) * len(_EDITIONS)):
        for place, name in enumerate(names):
            # neighbours differ in maker and edition, and no pair comes back for the same chip
            pair = (place + round_) % (len(_MAKERS) * len(_EDITIONS))
            yield f"{_MAKERS[pair % len(_MAKERS)]} {name} {_EDITIONS[pair // len(_MAKERS)]}"
