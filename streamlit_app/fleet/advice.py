"""What to do with each GPU of a list: keep it, look at it, or replace it, and by which card under a budget."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gpu_kedro.serving.buying.spreads import Spreads, add_up
from streamlit_app.fleet.scoring import LOOK_FROM, Fleet
from streamlit_app.widgets.wording import KNOWN_SOURCES

#: A slot gives so much without a cable; another card may draw a little more than the one it replaces.
_SLOT_W, _MORE_POWER = 75.0, 1.15


@dataclass(frozen=True)
class Advice:
    """What to do with one row: `keep`, `look` or `replace`; by which card, or why in a few words."""

    action: str
    why: str = ""
    replacement: str | None = None
    price_usd: float | None = None


def advise(fleet: Fleet, known: pd.DataFrame, goal: float | None, budget_usd: float | None) -> list[Advice]:
    """One piece of advice a row, in their order.

    Without a goal nothing has to be replaced. What falls short of it is replaced by the cheapest desktop card with a
    measured price that reaches it and draws no more than a slot gives, or a little more than the old card; the slowest
    first, for as long as the budget lasts.

    Args:
        fleet: scored.
        known: all known GPUs with their prices (`Asker.priced_gpus`).
        goal: least G3D Mark.
        budget_usd: for all replacements together.
    """
    advice = [_judge(row, goal) for row in fleet.scored]
    if goal is None:
        return advice
    is_card = (known["form"] == "desktop") & known["has_price"] & known["tdp_w"].notna()
    cards = known[is_card & (known["g3d_mark"] >= goal)].sort_values(["price_usd", "g3d_mark"], ascending=[True, False])
    powers = cards["tdp_w"].to_numpy(float)
    left = float("inf") if budget_usd is None else budget_usd
    short = [place for place, one in enumerate(advice) if one.action == "replace" and not one.why]
    for place in sorted(short, key=lambda place: fleet.scored[place]["g3d_mark"]):
        own = fleet.scored[place]["tdp_w"]
        fits = np.flatnonzero(powers <= (np.inf if own is None else max(_SLOT_W, _MORE_POWER * own)))
        if not fits.size:
            advice[place] = Advice("replace", "no card reaches it at this power")
            continue
        best = cards.iloc[fits[0]]
        cost = float(best["price_usd"]) * fleet.row(place).quantity
        if cost > left:
            advice[place] = Advice("replace", "beyond the budget")
            continue
        left -= cost
        advice[place] = Advice("replace", "", str(best["name"]), float(best["price_usd"]))
    return advice


def note_advice(fleet: Fleet, advice: list[Advice]) -> None:
    """Set advice beside the rows, so that downloads have it."""
    for row, one in zip(fleet.scored, advice, strict=True):
        row |= {
            "action": one.action,
            "action_why": one.why or None,
            "replacement": one.replacement,
            "replacement_price_usd": one.price_usd,
        }


def _judge(row: dict[str, Any], goal: float | None) -> Advice:
    if row["urgency"] >= LOOK_FROM or row["g3d_mark"] is None:
        return Advice("look", row["look_first"] or "nothing is known of its performance")
    if goal is None or row["g3d_mark"] >= goal:
        return Advice("keep")
    return Advice("replace", "with its machine: a laptop's chip" if row["segment"].startswith("Mobile") else "")


def total(fleet: Fleet, target: str) -> dict[str, Any] | None:
    """The sum of a figure over all GPUs that have it: `value, interval_80, interval_90, count`; None without any.

    All GPUs of one model err together, different ones independently; known figures are exact (`add_up`).
    """
    counts: dict[tuple[Any, ...], float] = {}
    for place, row in enumerate(fleet.scored):
        if row[target] is not None:
            ends = tuple(row[f"{target}_{end}"] for end in ("low_80", "high_80", "low_90", "high_90"))
            key = row["taken_for"] or row["row"], row[target], row[f"{target}_source"] in KNOWN_SOURCES, ends
            counts[key] = counts.get(key, 0.0) + fleet.row(place).quantity
    if not counts:
        return None
    spreads = Spreads.of_columns(
        [value for _, value, _, _ in counts],
        [[ends[:2], ends[2:]] for *_, ends in counts],
        [is_known for _, _, is_known, _ in counts],
    )
    return {**add_up(spreads, np.array(list(counts.values()))), "count": sum(counts.values())}
