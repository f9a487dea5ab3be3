"""What answers the app: one interface, over HTTP or in process; whatever fails becomes a `BackendError`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Record = dict[str, Any]
Columns = Mapping[str, Sequence[Any]]


class Backend(Protocol):
    """Answers as the HTTP contract has them (`gpu_kedro.contracts.v1`), checked for their shape.

    A query about prices may hold the `market` that they are to be of.
    """

    place: str

    def restart_clock(self) -> None:
        """Give the questions that follow the whole time limit together, until the next call."""

    def read_version(self) -> str:
        """The version of the bundle in service."""

    def describe(self, query: Record) -> Record:
        """The card of a GPU, known or not (`AnyGpuCard`)."""

    def explain(self, query: Record) -> Record:
        """The prediction of a GPU, with what each input adds to each answer (`ExplainedPrediction`)."""

    def predict_columns(self, columns: Columns) -> Record:
        """Columns of predictions for columns of queries (`PredictionColumns`)."""

    def judge(self, query: Record) -> Record:
        """Whether a price is a good deal (`Verdict`); the query holds `price_usd` and may hold `max_tdp_w`."""

    def compare(self, query: Record) -> Record:
        """GPUs side by side (`Comparison`); the query holds `names`."""

    def fit_market(self, market: Record) -> Record:
        """How well a market's prices are explained (`FittedMarket`)."""

    def find_minimum(self, wanted: Record) -> Record:
        """The least GPUs that are fast enough, and which share of many is (`Minimum`)."""

    def describe_model(self) -> Record:
        """What is served (`ModelCard`)."""

    def tabulate(self) -> Record:
        """All known GPUs as columns (`KnownTable`)."""

    def map_missing(self) -> Record:
        """What the table lacks (`MissingMap`)."""
