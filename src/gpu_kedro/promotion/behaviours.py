"""How a bundle of any quality must behave: what people know of GPUs without having measured any.

Asked by the gate before a bundle takes over, and by the tests. Source of the kinds (invariance, direction, minimum
function): Ribeiro et al. (2020), Beyond accuracy: behavioral testing of NLP models with CheckList.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isclose
from typing import Any, NamedTuple

import numpy as np

from gpu_kedro.domain.names.parser import parse_name
from gpu_kedro.domain.specs.what_if import LEVERS, move_sheet
from gpu_kedro.serving.runtime import Runtime

#: A name, and its maker as people write it in front.
_SPELLED = {
    "GeForce RTX 3070": "NVIDIA",
    "GeForce GTX 1060 6GB": "NVIDIA",
    "Quadro P2000": "NVIDIA",
    "GRID P40-24Q": "NVIDIA",
    "Radeon RX 6600 XT": "AMD",
    "FirePro W7100": "AMD",
    "Ryzen 7 4800HS with Radeon Graphics": "AMD",
    "HD Graphics 620": "Intel",
    "Arc A770": "Intel",
}
#: Those of them that shops sell on boards of many makers.
_SOLD = frozenset({"GeForce RTX 3070", "GeForce GTX 1060 6GB", "Quadro P2000", "Radeon RX 6600 XT", "Arc A770"})
_NOT_PREDICTED = frozenset({"name", "value", "source", "labels", "date", "origin"})
_SIGNS = ("(TM)", "(R)", "™", "®")
#: Cards whose segment nobody doubts.
SEGMENTS: dict[str, str] = {
    "GeForce RTX 3090": "Desktop",
    "GeForce GTX 1080 Ti": "Desktop",
    "GeForce GTX 1060": "Desktop",
    "Radeon RX 6800 XT": "Desktop",
    "Radeon RX 580": "Desktop",
    "Radeon HD 5870": "Desktop",
    "GeForce RTX 4090": "Desktop",
    "GeForce RTX 3080 Laptop GPU": "Mobile",
    "GeForce GTX 1650 with Max-Q Design": "Mobile",
    "GeForce 840M": "Mobile",
    "Radeon RX 6700M": "Mobile",
    "RTX A5000": "Workstation",
    "Quadro RTX 5000": "Workstation",
    "Quadro P4000": "Workstation",
    "Radeon Pro WX 7100": "Workstation",
    "FirePro W9100": "Workstation",
}
#: A desktop card, and the laptop card that is sold under its number.
SIBLINGS: tuple[tuple[str, str], ...] = (
    ("GeForce RTX 4090", "GeForce RTX 4090 Laptop GPU"),
    ("GeForce RTX 3080", "GeForce RTX 3080 Laptop GPU"),
    ("GeForce RTX 3070", "GeForce RTX 3070 Laptop GPU"),
    ("GeForce RTX 3060", "GeForce RTX 3060 Laptop GPU"),
    ("GeForce RTX 2080", "GeForce RTX 2080 (Mobile)"),
    ("GeForce RTX 2070", "GeForce RTX 2070 with Max-Q Design"),
    ("GeForce GTX 1070", "GeForce GTX 1070 with Max-Q Design"),
    ("GeForce GTX 980", "GeForce GTX 980M"),
    ("Radeon RX 6800", "Radeon RX 6800M"),
    ("Radeon RX 6700 XT", "Radeon RX 6700M"),
    ("Radeon HD 7970", "Radeon HD 7970M"),
    ("Quadro RTX 5000", "Quadro RTX 5000 with Max-Q Design"),
)
#: Cards of one generation, the slowest first.
LADDERS: tuple[tuple[str, ...], ...] = (
    ("GeForce GTX 1050", "GeForce GTX 1060", "GeForce GTX 1070", "GeForce GTX 1080", "GeForce GTX 1080 Ti"),
    ("GeForce RTX 2060", "GeForce RTX 2070", "GeForce RTX 2080 Ti"),
    ("GeForce RTX 3060", "GeForce RTX 3070", "GeForce RTX 3080"),
    ("GeForce RTX 4060", "GeForce RTX 4070", "GeForce RTX 4080"),
    ("Radeon RX 6500 XT", "Radeon RX 6600", "Radeon RX 6700 XT", "Radeon RX 6900 XT"),
    ("Arc A310", "Arc A380", "Arc A770"),
)
#: Sheets that are moved, and how far.
_MOVED, _FACTOR = 100, 1.5
#: A card that got more of something may seem slower by this much before it counts, and so many may.
TOLERANCE, TOLERATED = 0.02, 0.1


class Behaviour(NamedTuple):
    """One thing to expect, by its name in the settings, and what a bundle does otherwise, in words."""

    name: str
    find_faults: Callable[[Runtime], list[str]]


def find_spelling_faults(runtime: Runtime) -> list[str]:
    """Case, spaces, the maker's name in front, trademark signs and a shop's words change no answer."""
    faults = []
    for name, maker in _SPELLED.items():
        first, rest = name.split(" ", 1)
        spellings = [name.upper(), name.lower(), f"  {first}   {rest} ", f"{maker} {name}", f"{maker.lower()} {name}"]
        spellings += [f"{first}{sign} {rest}" for sign in _SIGNS]
        spellings += [f"Gigabyte {name} Gaming OC"] if name in _SOLD else []
        plain, *others = runtime.predict([{"name": one} for one in (name, *spellings)])
        faults += [
            f"{spelling!r} is answered otherwise than {name!r}"
            for spelling, other in zip(spellings, others, strict=True)
            if not _answers_alike(other, plain)
        ]
    return faults


def find_segment_faults(runtime: Runtime) -> list[str]:
    """Well-known cards are of the segment that they are sold for."""
    answers = runtime.predict([{"name": name} for name in SEGMENTS])
    return [
        f"{name} is {', '.join(answer['segment']['predicted'])}, not {segment}"
        for (name, segment), answer in zip(SEGMENTS.items(), answers, strict=True)
        if segment not in answer["segment"]["predicted"]
    ]


def find_sibling_faults(runtime: Runtime) -> list[str]:
    """A laptop card is slower and draws less than the desktop card of its number."""
    faults = []
    for desktop, laptop in SIBLINGS:
        one, other = runtime.predict([{"name": desktop}, {"name": laptop}])
        faults += [
            f"{laptop} has {other[field]['predicted']:.0f} of {field}, {desktop} only {one[field]['predicted']:.0f}"
            for field in ("g3d_mark", "tdp_w")
            if other[field]["predicted"] >= one[field]["predicted"]
        ]
    return faults


def find_ladder_faults(runtime: Runtime) -> list[str]:
    """Within a generation the higher number is faster."""
    faults = []
    for ladder in LADDERS:
        marks = [answer["g3d_mark"]["predicted"] for answer in runtime.predict([{"name": name} for name in ladder])]
        steps = zip(ladder[:-1], ladder[1:], marks[:-1], marks[1:], strict=True)
        faults += [f"{low} ({one:.0f}) beats {high} ({other:.0f})" for low, high, one, other in steps if one >= other]
    return faults


def find_direction_faults(runtime: Runtime) -> list[str]:
    """More shaders, clock, bandwidth or power, all else equal, make few cards seem slower, and none by much."""
    faults = []
    for lever, ratios in measure_directions(runtime).items():
        slower = {name: ratio for name, ratio in ratios.items() if ratio < 1 - TOLERANCE}
        if len(slower) > TOLERATED * len(ratios):
            faults.append(f"{len(slower)} of {len(ratios)} cards seem slower with {_FACTOR} times the {lever}")
        faults += [
            f"{name} seems to lose {1 - ratio:.0%} with {_FACTOR} times the {lever}"
            for name, ratio in slower.items()
            if ratio < 1 - TOLERATED
        ]
    return faults


def measure_directions(runtime: Runtime) -> dict[str, dict[str, float]]:
    """For each lever and card of a fixed sample: predicted 3D mark with more of it, divided by that of the card."""
    sheets = _choose_sheets(runtime)
    plain = _predict_marks(runtime, sheets)
    ratios: dict[str, dict[str, float]] = {}
    for lever in LEVERS:
        moved = {name: move_sheet(sheet, {lever: 100 * _FACTOR}) for name, sheet in sheets.items()}
        ratios[lever] = dict(zip(sheets, (_predict_marks(runtime, moved) / plain).tolist(), strict=True))
    return ratios


def _choose_sheets(runtime: Runtime) -> dict[str, Mapping[str, Any]]:
    """Evenly spread among the table's GPUs with a sheet of their own that has every lever."""
    sheets = {}
    for row in runtime.served.known.rows:
        match = runtime.served.index.match(parse_name(row["name"]))
        if match.is_strict and all(isinstance(match.specs.get(lever), int | float) for lever in LEVERS):
            sheets[row["name"]] = match.specs
    names = list(sheets)
    count = min(_MOVED, len(names))
    return {name: sheets[name] for name in (names[place * len(names) // count] for place in range(count))}


def _predict_marks(runtime: Runtime, sheets: Mapping[str, Mapping[str, Any]]) -> np.ndarray:
    columns = runtime.predict_columns([{"name": name, "specs": dict(sheet)} for name, sheet in sheets.items()])
    return np.array(columns["g3d_mark_predicted"])


def _answers_alike(one: Any, other: Any) -> bool:
    """Whether the same is predicted, but for the last digits, which depend on the batch.

    Whether the table has measured a card is another question: one name may fit several of its rows.
    """
    if isinstance(one, Mapping):
        asked = [key for key in one if key not in _NOT_PREDICTED]
        return one.keys() == other.keys() and all(_answers_alike(one[key], other[key]) for key in asked)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_answers_alike, one, other))
    return isclose(one, other, rel_tol=1e-9) if isinstance(one, float) else bool(one == other)


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("spelling", find_spelling_faults),
    Behaviour("segments", find_segment_faults),
    Behaviour("siblings", find_sibling_faults),
    Behaviour("ladders", find_ladder_faults),
    Behaviour("directions", find_direction_faults),
)


def check_behaviours(runtime: Runtime, names: Sequence[str]) -> dict[str, list[str]]:
    """Faults of a bundle by the behaviours that are asked for."""
    return {one.name: one.find_faults(runtime) for one in BEHAVIOURS if one.name in names}
