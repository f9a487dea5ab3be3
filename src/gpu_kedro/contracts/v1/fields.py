"""What fields of requests and answers share: their bounds, and how each is described with its unit and an example."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Segment = Literal["Desktop", "Mobile", "Workstation"]
#: The rungs of `gpu_kedro.modelling.bundle.ladder`, surest first.
Source = Literal["measured", "given", "listed", "predicted", "none"]
AnswerKind = Literal["full", "partial", "none"]
ReasonCode = Literal["not_a_gpu", "not_covered", "too_little_known"]
Form = Literal["desktop", "workstation", "laptop", "accelerator", "integrated", "other"]
MAX_BATCH_ROWS = 10_000
MAX_LISTED_ROWS = 1000
MAX_NAME = 300
#: At least one visible character, no control character; surrogates never pass as a string.
_VISIBLE = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"

GpuName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=_VISIBLE)]
SpecText = Annotated[str, Field(min_length=1, max_length=100, pattern=_VISIBLE)]
#: Far outside of what exists on both sides, so that ratios and logarithms of what passes are finite.
Score = Annotated[float, Field(ge=0.01, le=1_000_000)]
PriceUsd = Annotated[float, Field(ge=0.01, le=1_000_000)]
PowerW = Annotated[float, Field(ge=0.01, le=10_000)]
Year = Annotated[float, Field(ge=1980, le=2100, multiple_of=1)]
Amount = Annotated[float, Field(ge=0.0001, le=100_000_000)]
Count = Annotated[float, Field(ge=0, le=10_000_000)]
Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


def described(description: str, example: Any, default: Any = ...) -> Any:
    """A field that is always there, unless it has a default; with its unit in the description."""
    return Field(default, description=description, examples=[example])


def optional(description: str, example: Any) -> Any:
    """A field that may be left out or null."""
    return Field(default=None, description=description, examples=[example])


class Request(BaseModel):
    """Takes what it names and nothing else; a text is not a number and infinity is none."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Answer(BaseModel):
    """Documents an answer; fields may be added in later versions, never renamed."""

    model_config = ConfigDict(extra="allow")
