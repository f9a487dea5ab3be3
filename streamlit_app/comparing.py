"""Two cards against each other in words and numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from streamlit_app.backends.base import Record
from streamlit_app.widgets.wording import FIGURES, escape_html

#: Less than this is no difference that anybody would notice, in per cent.
_NOTHING = 0.5
_SURE = 0.995


def find_repeats(predictions: Sequence[Record]) -> dict[int, int]:
    """Places of cards that stand there already under another name, each with the place of the first one."""
    seen: dict[tuple[Any, ...], int] = {}
    repeats = {}
    for place, one in enumerate(predictions):
        key = one["match"]["spec"], *(one[name][kind] for name in FIGURES for kind in ("value", "predicted"))
        first = seen.setdefault(key, place)
        if first != place and one["match"]["spec"]:
            repeats[place] = first
    return repeats


def orient(pairs: Sequence[Record], first: int, second: int) -> Record:
    """The pair of two places, seen from the first one; in a comparison, the earlier place stands first."""
    pair = next(one for one in pairs if {one["first"], one["second"]} == {first, second})
    if pair["first"] == first:
        return pair
    return {"first": first, "second": second, **{name: pair[name] and _turn(pair[name]) for name in FIGURES}}


def _turn(relation: Mapping[str, Any]) -> Record:
    turned: Record = {"ratio": 1 / relation["ratio"], "difference": -relation["difference"]}
    for percent in (80, 90):
        turned[f"ratio_{percent}"] = [1 / end for end in reversed(relation[f"ratio_{percent}"])]
        turned[f"difference_{percent}"] = [-end for end in reversed(relation[f"difference_{percent}"])]
    return {**turned, "chance_higher": 1 - relation["chance_higher"]}


def describe_pair(pair: Record, first: str, second: str) -> str:
    """One sentence in HTML: how much faster, how much more power, how much dearer, each with its 80 % interval.

    The pair is seen from the first one (`orient`); both are called by their names.
    """
    speed, power = _tell_speed(pair["g3d_mark"]), _tell_difference(pair, "needs", "tdp_w")
    parts = [told for told in (speed, power, _tell_difference(pair, "costs", "price_usd")) if told]
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
    names = f"<strong>{escape_html(first)}</strong>", f"<strong>{escape_html(second)}</strong>"
    if not said:
        return f"Too little is known to compare {names[0]} with {names[1]}."
    return f"{names[0]} {said} than {names[1]}.{_tell_chance(pair['g3d_mark'])}"


def _tell_speed(relation: Record | None) -> str:
    if relation is None:
        return ""
    ends = [100 * (end - 1) for end in relation["ratio_80"]]
    return f"is {_write_change(100 * (relation['ratio'] - 1))}{_write_ends([_write_change(end) for end in ends])}"


def _write_change(percent: float) -> str:
    if abs(percent) < _NOTHING:
        return "no faster"
    return f"{abs(percent):,.0f} % {'faster' if percent > 0 else 'slower'}"


def _tell_difference(pair: Record, verb: str, target: str) -> str:
    relation = pair[target]
    if relation is None:
        return ""

    def write(value: float) -> str:
        if round(value) == 0:
            return "no more"
        return f"{FIGURES[target].write(abs(round(value)))} {'more' if value > 0 else 'less'}"

    return f"{verb} {write(relation['difference'])}{_write_ends([write(end) for end in relation['difference_80']])}"


def _write_ends(ends: Sequence[str]) -> str:
    """The interval in brackets; nothing where both figures are known."""
    low, high = ends
    return "" if low == high else f' <span class="gk-muted">[{low} to {high}]</span>'


def _tell_chance(relation: Record | None) -> str:
    if relation is None or relation["ratio_80"][0] == relation["ratio_80"][1]:
        return ""
    chance = relation["chance_higher"]
    if chance > _SURE:
        return " It is faster almost surely."
    if chance < 1 - _SURE:
        return " It is slower almost surely."
    if chance < 0.5:
        return f" It is the slower one with a chance of {100 * (1 - chance):.0f} %."
    return f" It is the faster one with a chance of {100 * chance:.0f} %."


def mark_best(cells: Sequence[str], values: Sequence[float | None], *, is_highest: bool) -> list[str]:
    """Cells of one figure in HTML, the best of at least two known values marked; several where they are equal."""
    known = {value for value in values if value is not None}
    if len(known) < 2:
        return list(cells)
    best = max(known) if is_highest else min(known)
    star = '<span class="gk-best" title="best of all"><span aria-hidden="true">★</span></span>'
    return [
        f'{cell} {star}<span class="gk-sr"> (best)</span>' if value == best else cell
        for cell, value in zip(cells, values, strict=True)
    ]
