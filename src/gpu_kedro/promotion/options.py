"""Settings of the gate, read from `conf/*/promotion.yml`."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from gpu_kedro.configuration import check_settings
from gpu_kedro.modelling.options import Options


class Tolerance(Options):
    """How much worse a candidate may be, over all GPUs and in one stratum."""

    all: float = Field(ge=0)
    stratum: float = Field(ge=0)


class Tolerances(Options):
    """Of the metric that each kind of target is judged by."""

    exact: Tolerance = Field(description="segment: points of the share of exactly right combinations")
    rmsle: Tolerance = Field(description="regression: share of the champion's error")


class GateOptions(Options):
    """What a candidate must hold against the champion."""

    behaviours: list[Literal["spelling", "segments", "siblings", "ladders", "directions"]] = Field(
        description="what is asked of a candidate that would take over from another"
    )
    canaries: int = Field(gt=0, le=10_000)
    coverage_bands: dict[str, tuple[float, float]] = Field(description="percent → least and largest coverage")
    min_rows: int = Field(ge=1)
    tolerances: Tolerances

    @model_validator(mode="after")
    def _bands_are_ordered(self) -> Self:
        for percent, (low, high) in self.coverage_bands.items():
            if not 0 <= low < high <= 1:
                raise ValueError(f"coverage_bands.{percent}: [{low}, {high}] is no band between 0 and 1")
        return self


def read_gate_options(config: Mapping[str, Any]) -> GateOptions:
    """Check the settings.

    Raises:
        SettingsError: names the setting that is wrong.
    """
    return check_settings(GateOptions, config["promotion"], "promotion")
