"""Queries of every kind that a bundle must answer sensibly before it is served."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from gpu_kedro.modelling.targets import REGRESSION_TARGETS
from gpu_kedro.serving.runtime import Runtime

#: What people type that is hard: unknown, vague, misspelt, not a GPU, without a name.
_ODD_NAMES = ("RTX 9090 Ti SUPER", "gtx1060 6gb", "Radeon", "GeForce RTX", "intel hd grafics", "zxcv", "", "😀 RX 580")


def find_canary_faults(runtime: Runtime, files: Mapping[str, bytes], count: int) -> list[str]:
    """Ask the canaries and say what is wrong with the answers, nothing when all is well.

    Figures must be finite and positive, intervals ordered (low ≤ predicted ≤ high, 80 % inside 90 %), probabilities
    between 0 and 1. Of a name that is refused the models must say nothing at all.

    Args:
        runtime: of the bundle.
        files: of the bundle: the canaries are spread evenly over its known GPUs and specifications.
        count: how many to ask.
    """
    queries = choose_canaries(files, count)
    try:
        answers = runtime.predict(queries)
    except Exception as err:  # noqa: BLE001  # a bundle that cannot answer is at fault, whatever it raises
        return [f"does not answer: {type(err).__name__}: {err}"]
    return [
        f"{query.get('name')!r}: {fault}"
        for query, answer in zip(queries, answers, strict=True)
        for fault in _find_faults(answer)
    ]


def choose_canaries(files: Mapping[str, bytes], count: int) -> list[dict[str, Any]]:
    """The same queries for the same bundle: odd names, GPUs of the table with what is known, cards by name only."""
    known = json.loads(files["known_gpus.json"])
    listed = json.loads(files["specs.json"])["spec_name"]
    odd: list[dict[str, Any]] = [{"name": name} for name in _ODD_NAMES][:count]
    half = (count - len(odd)) // 2
    measured = [
        {"name": known["name"][place], **{field: known[field][place] for field in ("g3d_mark", "tdp_w", "price_usd")}}
        for place in _spread(len(known["name"]), half)
    ]
    named = [{"name": listed[place]} for place in _spread(len(listed), count - len(odd) - half)]
    return [*odd, *measured, *named]


def _spread(size: int, count: int) -> list[int]:
    """Evenly spaced positions among `size`; some come again when there are more than that."""
    return [place * size // count % size for place in range(count)] if size else []


def _find_faults(answer: Mapping[str, Any]) -> list[str]:
    faults = []
    probabilities = answer["segment"]["probabilities"]
    if probabilities is None:
        told = [target for target in REGRESSION_TARGETS if answer[target]["predicted"] is not None]
        return [f"{target} is predicted of a name that is refused" for target in told]
    for target in REGRESSION_TARGETS:
        figure = answer[target]
        if figure["predicted"] is None and figure["source"] == "none":
            continue  # a market prices nothing that is too little known
        (low_80, high_80), (low_90, high_90) = figure["interval_80"], figure["interval_90"]
        order = [low_90, low_80, figure["predicted"], high_80, high_90]
        if not all(isfinite(value) and value > 0 for value in order):
            faults.append(f"{target} is not finite and positive: {order}")
        elif order != sorted(order):
            faults.append(f"{target} is not ordered: {order}")
    if not all(0 <= value <= 1.0001 for value in probabilities.values()):
        faults.append(f"segment probabilities are not between 0 and 1: {probabilities}")
    return faults
