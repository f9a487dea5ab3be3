"""The answer about one GPU."""

from typing import Any, Literal

from pydantic import Field, create_model

from gpu_kedro.contracts.v1.fields import Answer, AnswerKind, Ends, ReasonCode, Segment, Source, described
from gpu_kedro.contracts.v1.observations import Condition, InMarket
from gpu_kedro.domain.specs.kinds import describe_kinds
from gpu_kedro.modelling.targets import ADDED_TARGETS, TARGETS


class ParsedGpu(Answer):
    """What the name says; null where it says nothing."""

    vendor: str | None = described("maker, in lower case", "nvidia")
    series: str | None = described("product line", "geforce rtx")
    model: str | None = described("model number", "4070")
    suffix: str | None = described("what follows the number", "ti super")
    is_mobile: bool = described("made for laptops", True)
    memory_gb: float | None = described("memory in GB, where the name tells it", 8)


class SpecMatchAnswer(Answer):
    """The specification sheet that the name was matched with."""

    spec: str | None = described("name of the sheet, null without one", "GeForce RTX 4070 Mobile")
    kind: str = described(f"what the sheet is to the name. {describe_kinds()}", "direct")
    confidence: float = described(
        "share of matches of this kind that is right, 0 to 1, as judged on audited names", 0.99
    )
    did_you_mean: list[str] = described(
        "known names that come close, or what may have been meant, best first", ["GeForce RTX 4070 Ti"]
    )
    others: list[str] = described("further GPUs that the same text names", ["UHD Graphics 630"])


class Probabilities(Answer):
    """Calibrated probability of each market segment; a GPU may belong to two, so they need not add up to 1."""

    desktop: float = Field(alias="Desktop", description="probability of Desktop, 0 to 1", examples=[0.01])
    mobile: float = Field(alias="Mobile", description="probability of Mobile, 0 to 1", examples=[0.98])
    workstation: float = Field(alias="Workstation", description="probability of Workstation, 0 to 1", examples=[0.02])


class Reason(Answer):
    """Why an answer is not whole."""

    code: ReasonCode = described(
        "`not_a_gpu`: the name is that of something else; `not_covered`: the table has none or too few of its maker or "
        "kind; `too_little_known`: there is no sheet, and the name says too little",
        "too_little_known",
    )
    detail: str = described(
        "the reason in words",
        "No specification sheet is known for this name, and it says too little; give a model or a sheet.",
    )


class Sourced(Answer):
    """Something with the rung of the ladder of knowledge that it comes from."""

    source: Source = described(
        "`measured` (the table) → `given` (the asker said it) → `listed` (a sheet states it; of a segment: the maker's "
        "own line) → `predicted` → `none`: the first that is known is given out",
        "measured",
    )
    date: str | None = described("year that a measured figure is of; null with other sources", "2022")
    origin: Literal["table", "observation"] | None = described(
        "who measured it: the table, or an observation of the market; null with other sources", "table"
    )


class SegmentAnswer(Sourced):
    """The market segment."""

    labels: list[Segment] = described("labels by the ladder of knowledge; empty where none can be given", ["Mobile"])
    predicted: list[Segment] = described("the model's labels; empty where it says nothing", ["Mobile"])
    probabilities: Probabilities | None = described(
        "calibrated probabilities; null where the model says nothing",
        {"Desktop": 0.01, "Mobile": 0.98, "Workstation": 0.02},
    )
    line: list[Segment] = described(
        "what the maker's own line tells (Quadro, Radeon PRO: Workstation), whatever `labels` say", ["Workstation"]
    )


class Figure(Sourced):
    """One figure with its intervals."""

    value: float | None = described("the figure by the ladder of knowledge; null where there is no honest one", 115)
    predicted: float | None = described("the model's figure; null where it says nothing of this GPU", 112)
    interval_80: Ends | None = described("the model's: lower and upper end; covers 80 % of unseen GPUs", [100, 130])
    interval_90: Ends | None = described("the model's: lower and upper end; covers 90 % of unseen GPUs", [95, 140])


class Price(Figure):
    """A price with its intervals."""

    note: str = described("what these prices are", "observations of 2022, in US dollars of that year")
    as_of: str = described("of when the price is: the table's year, or that of the market", "2022")
    condition: Condition = described("of what it is", "new")
    basis: str = described("what it rests on: the table, or so many observations of the market", "2022 table")
    observed: float | None = described(
        "with a `market`: the price at which this very card was lately seen, in US dollars; null where it was not",
        210,
        None,
    )


class Warn(Answer):
    """Something to know before relying on an answer."""

    code: str = described("kind of warning, for programs", "extrapolation")
    field: str | None = described("the field it is about", "release_year")
    detail: str = described("the warning in words", "newer than any GPU in the training table (2022)")


def _added_figures() -> dict[str, Any]:
    """A field for every target that was added to those of the contract."""
    return {
        name: (Figure, described(f"{TARGETS[name].title}, {TARGETS[name].unit}", {"value": 1}))
        for name in ADDED_TARGETS
    }


_WithAddedFigures: Any = create_model("_WithAddedFigures", __base__=InMarket, **_added_figures())


class Prediction(_WithAddedFigures):  # type: ignore[misc]  # its fields are those of the targets that were added
    """Everything that is known or predicted of one GPU."""

    name: str | None = described("the name as it was given", "GeForce RTX 4070 Laptop GPU")
    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    answer: AnswerKind = described("whether all figures have a value, some, or none", "full")
    reason: Reason | None = described("why the answer is not whole; null where it is", {"code": "too_little_known"})
    parsed: ParsedGpu = described("what the name says", {"vendor": "nvidia", "model": "4070", "is_mobile": True})
    match: SpecMatchAnswer = described("the matched sheet", {"spec": "GeForce RTX 4070 Mobile", "kind": "direct"})
    segment: SegmentAnswer = described("market segment", {"labels": ["Mobile"], "source": "predicted"})
    g3d_mark: Figure = described("PassMark G3D Mark in points", {"value": 19000, "predicted": 19000})
    price_usd: Price = described("price in US dollars", {"value": 450, "predicted": 450})
    tdp_w: Figure = described("thermal design power in watts", {"value": 115, "predicted": 112})
    warnings: list[Warn] = described("what to know before relying on it", [{"code": "extrapolation"}])
