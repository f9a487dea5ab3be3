"""The contract of every request and answer, version 1: fields, units, bounds, descriptions and examples.

Requests are validated against these models. Answers are written by `gpu_kedro.serving` in these shapes and not
validated again: a test holds them to it.
"""

from gpu_kedro.contracts.v1.batches import BatchQuery, Columns
from gpu_kedro.contracts.v1.columns import KnownTable, MissingMap, PredictionColumns
from gpu_kedro.contracts.v1.fields import (
    MAX_BATCH_ROWS,
    MAX_NAME,
    Amount,
    Answer,
    Count,
    Ends,
    GpuName,
    PowerW,
    PriceUsd,
    Request,
    Score,
    Segment,
    Source,
    SpecText,
    Year,
)
from gpu_kedro.contracts.v1.gpus import AnyGpuCard, ComparableGpu, GpuCard, GpuList, KnownGpu, Measured
from gpu_kedro.contracts.v1.market import Comparison, FairPrice, Frontier, Ratios, Verdict
from gpu_kedro.contracts.v1.predictions import (
    Figure,
    ParsedGpu,
    Prediction,
    Price,
    Probabilities,
    SegmentAnswer,
    SpecMatchAnswer,
    Warn,
)
from gpu_kedro.contracts.v1.queries import (
    CompareQuery,
    FromAddress,
    FrontierQuery,
    GpuQuery,
    GpuSpecs,
    SearchQuery,
    ValueQuery,
)
from gpu_kedro.contracts.v1.service import Bin, FieldProblem, Health, ModelCard, Problem, Readiness, TargetCard, Weight

__all__ = [
    "MAX_BATCH_ROWS",
    "MAX_NAME",
    "Amount",
    "Answer",
    "AnyGpuCard",
    "BatchQuery",
    "Bin",
    "Columns",
    "ComparableGpu",
    "CompareQuery",
    "Comparison",
    "Count",
    "Ends",
    "FairPrice",
    "FieldProblem",
    "Figure",
    "FromAddress",
    "Frontier",
    "FrontierQuery",
    "GpuCard",
    "GpuList",
    "GpuName",
    "GpuQuery",
    "GpuSpecs",
    "Health",
    "KnownGpu",
    "KnownTable",
    "Measured",
    "MissingMap",
    "ModelCard",
    "ParsedGpu",
    "PowerW",
    "Prediction",
    "PredictionColumns",
    "Price",
    "PriceUsd",
    "Probabilities",
    "Problem",
    "Ratios",
    "Readiness",
    "Request",
    "Score",
    "SearchQuery",
    "Segment",
    "SegmentAnswer",
    "Source",
    "SpecMatchAnswer",
    "SpecText",
    "TargetCard",
    "ValueQuery",
    "Verdict",
    "Warn",
    "Weight",
    "Year",
]
