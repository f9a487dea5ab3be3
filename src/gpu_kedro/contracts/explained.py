"""The contract of explained predictions: those of `gpu_kedro.contracts.v1`, and what each input adds to them."""

from typing import Any, Literal

from gpu_kedro.contracts.v1.fields import Answer, Segment, described
from gpu_kedro.contracts.v1.predictions import Figure, Prediction, Price, SegmentAnswer

_MEMORY: dict[str, Any] = {"input": "memory", "title": "memory and cache", "fields": {"memory_size_gb": 8}}


class Contribution(Answer):
    """What one input adds to an answer, against a typical GPU of the training table."""

    input: str = described("group of fields that are known together, for programs", "memory")
    title: str = described("words for it", "memory and cache")
    fields: dict[str, str | bool | float] = described(
        "what is known of it, in the fields of a query, of its sheet, or of the parsed name", {"memory_size_gb": 8}
    )
    typical_fields: dict[str, float] = described("the typical GPU's, where they are numbers", {"memory_size_gb": 1})
    contribution: float = described(
        "what it adds, in the `unit` of the explanation; negative where it takes away", 5469.9
    )


class FigureContribution(Contribution):
    """What one input adds to a figure."""

    factor: float = described("the same as a factor: all of them multiply to `predicted` / `typical`", 2.477)


class FigureExplanation(Answer):
    """Shapley values of the inputs of a figure: `typical` and all contributions add up to `predicted`."""

    unit: Literal["points", "USD", "W"] = described("unit of `typical` and of the contributions", "points")
    typical: float = described("what the model says of a typical GPU of which the same inputs are known", 707.0)
    contributions: list[FigureContribution] = described(
        "the largest first; an input that is not known, not used or as usual adds nothing and is left out",
        [{**_MEMORY, "typical_fields": {"memory_size_gb": 1}, "contribution": 5469.9, "factor": 2.477}],
    )


class SegmentExplanation(Answer):
    """Shapley values of the inputs of a segment: `typical` and all contributions add up to 100 × its probability."""

    segment: Segment = described("one of the predicted segments", "Mobile")
    unit: Literal["percentage points"] = described("unit of `typical` and of the contributions", "percentage points")
    typical: float = described("the same of a typical GPU of which the same inputs are known", 0.4)
    contributions: list[Contribution] = described(
        "the largest first, as for a figure",
        [{**_MEMORY, "typical_fields": {"memory_size_gb": 1}, "contribution": 0.75}],
    )


_FIGURE = {"unit": "points", "typical": 707.0, "contributions": [{**_MEMORY, "contribution": 5469.9}]}


class ExplainedSegment(SegmentAnswer):
    """The market segment, and why."""

    explanation: list[SegmentExplanation] = described(
        "one for each segment in `predicted`",
        [{"segment": "Mobile", "typical": 0.4, "contributions": [{**_MEMORY, "contribution": 0.75}]}],
    )


class ExplainedFigure(Figure):
    """One figure with its intervals, and why."""

    explanation: FigureExplanation | None = described(
        "what each input adds to `predicted`; null where the model says nothing", _FIGURE
    )


class ExplainedPrice(Price):
    """A price with its intervals, and why."""

    explanation: FigureExplanation | None = described(
        "what each input adds to `predicted`; null where the model says nothing", {**_FIGURE, "unit": "USD"}
    )


class ExplainedPrediction(Prediction):
    """Everything that is known or predicted of one GPU, and why; given with `explain=true`."""

    segment: ExplainedSegment = described("market segment", {"labels": ["Mobile"], "source": "predicted"})
    g3d_mark: ExplainedFigure = described("PassMark G3D Mark in points", {"value": 19000, "predicted": 19000})
    price_usd: ExplainedPrice = described("price in US dollars", {"value": 450, "predicted": 450})
    tdp_w: ExplainedFigure = described("thermal design power in watts", {"value": 115, "predicted": 112})
