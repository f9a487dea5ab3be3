"""Minimum specifications: the least GPU that is as fast as another, and which share of many GPUs is."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from gpu_kedro.contracts.v1.fields import (
    Answer,
    Ends,
    GpuName,
    ReasonCode,
    Request,
    Score,
    Source,
    Year,
    described,
    optional,
)
from gpu_kedro.contracts.v1.gpus import _GPU, KnownGpu

MAX_POPULATION = 5_000
_NULL: JsonDict = {"type": "null"}
#: Both, or neither of them.
_SAYS_WHICH: JsonDict = {
    "not": {
        "anyOf": [
            {"properties": {"name": _NULL, "g3d_mark": _NULL}},
            {
                "required": ["name", "g3d_mark"],
                "properties": {"name": {"type": "string"}, "g3d_mark": {"type": "number"}},
            },
        ]
    }
}


class CountedGpu(Request):
    """A GPU and how many there are of it."""

    name: GpuName = described("any spelling of the GPU's name", "GeForce GTX 1650")
    count: Annotated[float, Field(gt=0, le=1e12)] = described("how many, or a share in per cent", 412, 1.0)


class MinimumQuery(Request):
    """How fast is fast enough: as a GPU (`name`) or in points (`g3d_mark`), one of both."""

    model_config = ConfigDict(json_schema_extra=_SAYS_WHICH)

    name: GpuName | None = optional("the GPU that has to be reached, any spelling", "GeForce GTX 1060")
    g3d_mark: Score | None = optional("the PassMark G3D Mark that has to be reached, in points", 10000)
    chance: Annotated[float, Field(ge=0.5, le=0.99)] = described("how likely that must be", 0.8, 0.8)
    since: Year | None = optional("only GPUs released since that year", 2016)
    population: Annotated[list[CountedGpu], Field(min_length=1, max_length=MAX_POPULATION)] | None = optional(
        "GPUs that people have, to tell which share of them qualifies", [{"name": "GeForce GTX 1650", "count": 412}]
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.name is None) == (self.g3d_mark is None):
            raise ValueError("give either `name` or `g3d_mark`")
        return self


class Reference(Answer):
    """What has to be reached."""

    name: str | None = described("the name as it was given", "GTX 1060")
    taken_for: str | None = described("the sheet it was matched with", "GeForce GTX 1060 6 GB")
    g3d_mark: float = described("its PassMark G3D Mark in points", 10070)
    source: Source = described("where `g3d_mark` comes from", "measured")


class LeastGpu(KnownGpu):
    """A GPU that is fast enough."""

    chance: float = described("probability that it is, 0 to 1; 1 where the mark is known", 0.86)


class LeastOfMaker(Answer):
    """The least GPUs of one maker that are fast enough."""

    vendor: Literal["nvidia", "amd", "intel"] = described("maker", "amd")
    form: Literal["desktop", "laptop"] = described("cards or laptops' chips", "desktop")
    gpus: list[LeastGpu] = described("at most three, the least first", [_GPU])


class JudgedGpu(Answer):
    """A GPU of the population beside what is needed."""

    place: int = described("its place in the population, counted from 0", 4)
    name: str = described("the name as it was given", "GTX 970")
    taken_for: str | None = described("the sheet it was matched with", "GeForce GTX 970")
    count: float = described("how many there are", 40)
    g3d_mark: float = described("its PassMark G3D Mark in points", 9688)
    source: Source = described("where `g3d_mark` comes from", "measured")
    chance: float = described("probability that it is fast enough, 0 to 1", 0.0)


class UnknownGpu(Answer):
    """A GPU of the population of which nothing can be said."""

    place: int = described("its place in the population, counted from 0", 7)
    name: str = described("the name as it was given", "Apple M2")
    count: float = described("how many there are", 3)
    reason: ReasonCode | None = described("why nothing can be said", "not_covered")


class Population(Answer):
    """Which share of many GPUs is fast enough."""

    count: float = described("how many there are", 1035)
    unknown_count: float = described("how many of them nothing can be said of; the share leaves them out", 3)
    share: float | None = described("expected share that is fast enough, 0 to 1; null where nothing is known", 0.45)
    interval_80: Ends | None = described(
        "lower and upper end of the share: GPUs of one model qualify together, those of others independently",
        [0.41, 0.5],
    )
    interval_90: Ends | None = described("the same for 90 %", [0.4, 0.52])
    just_missing: list[JudgedGpu] = described(
        "those that miss by a quarter or less, the fastest first; at most 50", [{"name": "GTX 970", "count": 40}]
    )
    unknown: list[UnknownGpu] = described("those of which nothing can be said, the most frequent first; at most 50", [])


class Minimum(Answer):
    """What is fast enough."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    reference: Reference = described("what has to be reached", {"name": "GTX 1060", "g3d_mark": 10070})
    chance: float = described("how likely that must be", 0.8)
    least: list[LeastOfMaker] = described("for each form and maker", [{"vendor": "amd", "form": "desktop"}])
    population: Population | None = described("the judged population, null without one", {"share": 0.45})
