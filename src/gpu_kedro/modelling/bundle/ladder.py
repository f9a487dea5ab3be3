"""The ladder of knowledge: which of the things that are known of a figure is given out, and what it is called.

`measured` (the table, or an observation) → `given` (the asker said it) → `listed` (a sheet states it) → `predicted` →
`none`. Every answer, single or in columns, decides its figures and its segment here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from gpu_kedro.domain.coverage import TOO_LITTLE_KNOWN, Refusal
from gpu_kedro.domain.specs.matching import SpecMatch
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, SEGMENTS

Source = Literal["measured", "given", "listed", "predicted", "none"]
AnswerKind = Literal["full", "partial", "none"]
#: An interval whose ends are further apart than this factor says too little: no price is judged by it, and of a GPU
#: without sheet no figure is given.
WIDEST_FACTOR = 20.0
_PROFESSIONAL = ("Workstation",)
#: The figures that a sheet can state.
_LISTED = tuple(field for field in REGRESSION_TARGETS if field in COLUMN_BY_FIELD)


class Known(NamedTuple):
    """What is known of one GPU before any model is asked.

    Args:
        measured: its row of the table; empty without one.
        given: figures that the asker said.
        listed: figures that a sheet states.
        line: segments that the maker's own line tells, as Quadro tells Workstation.
        widest: over which factor between the ends of its 90 % interval a predicted figure is not given out.
        refusal: why the models say nothing of it, None where they do.
    """

    measured: Mapping[str, Any]
    given: Mapping[str, Any]
    listed: Mapping[str, float]
    line: tuple[str, ...]
    widest: float
    refusal: Refusal | None


def gather_known(
    query: Mapping[str, Any], row: Mapping[str, Any], match: SpecMatch, measured: Mapping[str, Any] | None,
    refusal: Refusal | None,
) -> Known:  # fmt: skip
    """Put the rungs of one GPU together; `query` is as `gpu_kedro.contracts.v1.GpuQuery` has it.

    Only the asker's own sheet and that of the very GPU state its figures; a relative's does not. With a sheet of the
    asker's, or a row of the table, the models answer whatever the name says. Without a sheet they answer as far as
    their intervals are narrow enough, and from a maker's name alone they say intervals only. What is no GPU has no
    figures, even where some were given.
    """
    specs = query.get("specs")
    listed: dict[str, float] = {}
    for field in _LISTED:
        value = specs.get(field) if specs else None
        if value is None and match.is_strict:
            value = match.specs.get(field)
        if value is not None:
            listed[field] = value
    has_figures = measured or any(query.get(field) is not None for field in REGRESSION_TARGETS)
    is_nameless = refusal is TOO_LITTLE_KNOWN and not has_figures
    if specs or measured or refusal is TOO_LITTLE_KNOWN:
        refusal = None
    return Known(
        measured=measured or {},
        given={} if refusal is not None and refusal.code == "not_a_gpu" else query,
        listed=listed,
        line=_PROFESSIONAL if row["is_workstation"] else (),
        widest=math.inf if row["match_kind"] != "none" else 0.0 if is_nameless else WIDEST_FACTOR,
        refusal=refusal,
    )


def choose_figure(
    field: str, known: Known, predicted: float | None, low_90: float, high_90: float
) -> tuple[Any, Source]:
    """The value of a figure and where it comes from; None and `none` where no honest one exists."""
    if (value := known.measured.get(field)) is not None:
        return value, "measured"
    if (value := known.given.get(field)) is not None:
        return value, "given"
    if (value := known.listed.get(field)) is not None:
        return value, "listed"
    if known.refusal is not None or high_90 > known.widest * low_90:
        return None, "none"
    return predicted, "predicted"


def choose_segment(known: Known, predicted: Sequence[str], answer: AnswerKind) -> tuple[list[str], Source]:
    """The segment's labels and where they come from; no labels and `none` where nothing can be said.

    The maker's line tells what a card is made for; whether it sits in a laptop is the model's to say.
    """
    if (measured := known.measured.get("segment")) is not None:
        return measured.split(", "), "measured"
    if known.refusal is not None or answer == "none":
        return [], "none"
    if known.line:
        return [name for name in SEGMENTS if name in known.line or (name == "Mobile" and name in predicted)], "listed"
    return list(predicted), "predicted"


def grade(sources: Iterable[str], known: Known) -> tuple[AnswerKind, Refusal | None]:
    """Whether an answer is whole, and why not: some figures have no value, or the models say nothing of the GPU."""
    found = set(sources)
    if "none" not in found and known.refusal is None:
        return "full", None
    return "none" if found == {"none"} else "partial", known.refusal or TOO_LITTLE_KNOWN


def is_too_wide(low: float, high: float) -> bool:
    """Whether the ends of an interval are too far apart to say anything."""
    return high > WIDEST_FACTOR * low
