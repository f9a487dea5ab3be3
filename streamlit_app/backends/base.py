"""What answers the app: one interface, over HTTP or in process; whatever fails becomes a `BackendError`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

Record = dict[str, Any]
Columns = Mapping[str, Sequence[Any]]


class Questions(ABC):
    """Questions and answers as the HTTP contract has them (`gpu_kedro.contracts.v1`).

    A query about prices may hold the `market` that they are to be of.
    """

    @abstractmethod
    def ask(self, question: str, asked: Mapping[str, Any] | None = None) -> Record:
        """The answer to one of the questions below, by its name; None asks those that take no query."""

    def describe(self, query: Record) -> Record:
        """The card of a GPU, known or not (`AnyGpuCard`)."""
        return self.ask("describe", query)

    def explain(self, query: Record) -> Record:
        """The prediction of a GPU, with what each input adds to each answer (`ExplainedPrediction`)."""
        return self.ask("explain", query)

    def predict_columns(self, columns: Columns) -> Record:
        """Columns of predictions for columns of queries (`PredictionColumns`)."""
        return self.ask("predict_columns", columns)

    def judge(self, query: Record) -> Record:
        """Whether a price is a good deal (`Verdict`); the query holds `price_usd` and may hold `max_tdp_w`."""
        return self.ask("judge", query)

    def compare(self, query: Record) -> Record:
        """GPUs side by side (`Comparison`); the query holds `names`."""
        return self.ask("compare", query)

    def fit_market(self, market: Record) -> Record:
        """How well a market's prices are explained (`FittedMarket`)."""
        return self.ask("fit_market", market)

    def find_minimum(self, wanted: Record) -> Record:
        """The least GPUs that are fast enough, and which share of many is (`Minimum`)."""
        return self.ask("find_minimum", wanted)

    def describe_model(self) -> Record:
        """What is served (`ModelCard`)."""
        return self.ask("describe_model")

    def tabulate(self) -> Record:
        """All known GPUs as columns (`KnownTable`)."""
        return self.ask("tabulate")

    def map_missing(self) -> Record:
        """What the table lacks (`MissingMap`)."""
        return self.ask("map_missing")


def list_columns(answer: Record) -> dict[str, list[Any]]:
    """The columns of an answer about many GPUs, without what it tells of its market."""
    return {name: values for name, values in answer.items() if isinstance(values, list) and name != "market_notes"}


class Backend(Questions):
    """What answers; its answers are checked for their shape."""

    place: str

    @abstractmethod
    def restart_clock(self) -> None:
        """Give the questions that follow the whole time limit together, until the next call."""

    @abstractmethod
    def read_version(self) -> str:
        """The version of the bundle in service."""
