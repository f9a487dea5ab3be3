"""Changes that make a copy of a bundle worse."""

import json
from collections.abc import Callable
from typing import Any

Edit = Callable[[dict[str, bytes], dict[str, Any]], None]


def worsen(target: str, level: str, stratum: str, factor: float) -> Edit:
    def edit(_: dict[str, bytes], facts: dict[str, Any]) -> None:
        facts["metrics"][target]["splits"]["grouped"][level]["ours"][stratum]["rmsle"] *= factor

    return edit


def turn_intervals_round(files: dict[str, bytes], _: dict[str, Any]) -> None:
    """Negative half-widths: every interval's ends change places."""
    name = "targets/tdp_w/name/calibration.json"
    head = json.loads(files[name])
    head["quantiles"] = {
        coverage: {stratum: -value for stratum, value in strata.items()}
        for coverage, strata in head["quantiles"].items()
    }
    files[name] = json.dumps(head).encode()
