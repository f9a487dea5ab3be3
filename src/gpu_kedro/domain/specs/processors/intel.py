"""The graphics inside an Intel processor, to offer to who asks for the processor.

Written from Intel's naming: the generation and the letter behind the number say which graphics it has; F has none.
"""

import re

_CORE = re.compile(r"\bi([3579])[ -]*(\d{3,5})(g[147]|[a-z]{0,2})\b")
_ULTRA = re.compile(r"\bultra [3579] (?:pro )?([12])\d{2}([a-z]{0,2})\b")
_LAPTOP_LETTERS = frozenset(["u", "h", "hk", "hq", "hx", "hs", "p", "y", "m", "mq", "qm", "mx"])

#: Generation → the graphics of a (low-power laptop, other laptop, desktop) processor.
_BY_GENERATION: dict[int, tuple[str, str, str]] = {
    2: ("HD Graphics 3000 Mobile", "HD Graphics 3000 Mobile", "HD Graphics 2000"),
    3: ("HD Graphics 4000 Mobile", "HD Graphics 4000 Mobile", "HD Graphics 4000"),
    4: ("HD Graphics 4400 Mobile", "HD Graphics 4600 Mobile", "HD Graphics 4600"),
    5: ("HD Graphics 5500 Mobile", "HD Graphics 5600 Mobile", "Iris Pro Graphics 6200"),
    6: ("HD Graphics 520 Mobile", "HD Graphics 530 Mobile", "HD Graphics 530"),
    7: ("HD Graphics 620 Mobile", "HD Graphics 630 Mobile", "HD Graphics 630"),
    8: ("UHD Graphics 620 Mobile", "UHD Graphics 630 Mobile", "UHD Graphics 630"),
    9: ("UHD Graphics 620 Mobile", "UHD Graphics 630 Mobile", "UHD Graphics 630"),
    10: ("UHD Graphics 620 Mobile", "UHD Graphics 630 Mobile", "UHD Graphics 630"),
    11: ("Iris Xe Graphics G7 80EU Mobile", "UHD Graphics 32EU Mobile", "UHD Graphics 750"),
    12: ("Iris Xe Graphics 80EU Mobile", "Iris Xe Graphics 96EU Mobile", "UHD Graphics 770"),
    13: ("Iris Xe Graphics 80EU Mobile", "Iris Xe Graphics 96EU Mobile", "UHD Graphics 770"),
    14: ("Iris Xe Graphics 80EU Mobile", "UHD Graphics 32EU Mobile", "UHD Graphics 770"),
}
_ICE_AND_TIGER_LAKE = {
    (10, "g1"): "UHD Graphics G1 32EU Mobile",
    (10, "g4"): "Iris Plus Graphics G4 48EU Mobile",
    (10, "g7"): "Iris Plus Graphics G7 64EU Mobile",
    (11, "g4"): "UHD Graphics 48EU Mobile",
    (11, "g7"): "Iris Xe Graphics G7 96EU Mobile",
}
_ULTRA_GRAPHICS = {
    ("1", "h"): "Arc Graphics 128EU Mobile",
    ("1", "u"): "Arc Graphics 64EU Mobile",
    ("2", "v"): "Arc 140V Mobile",
    ("2", "h"): "Arc 140T Mobile",
    ("2", ""): "Arc Graphics 64EU",
}


def find_intel_graphics(text: str) -> str | None:
    """The row of the graphics inside the processor that a folded text names; None where it has none or is not known."""
    if ultra := _ULTRA.search(text):
        return _ULTRA_GRAPHICS.get((ultra[1], ultra[2].replace("k", "")[:1]))
    core = _CORE.search(text)
    if core is None or "f" in core[3]:
        return None
    digits, letters = core[2], core[3]
    generation = int(digits[:2]) if len(digits) == 5 or (digits[0] == "1" and letters[:1] == "g") else int(digits[0])
    if letters[:1] == "g":
        return _ICE_AND_TIGER_LAKE.get((generation, letters))
    low_power, laptop, desktop = _BY_GENERATION.get(generation, (None, None, None))
    return low_power if letters in ("u", "y") else laptop if letters in _LAPTOP_LETTERS else desktop
