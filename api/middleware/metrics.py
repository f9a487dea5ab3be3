"""Counts of requests for Prometheus, in a registry of the application's own."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from gpu_kedro.serving.prediction_log import PredictionLog

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What was asked, how it ended and how long it took.

    Args:
        prediction_log: counts what it wrote and dropped, when there is one.
    """

    def __init__(self, prediction_log: PredictionLog | None = None) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()
        by = ["method", "path"]
        self._requests = Counter("gpu_kedro_requests", "Requests answered", [*by, "status"], registry=registry)
        self._seconds = Histogram(
            "gpu_kedro_request_seconds", "Time of a request", by, buckets=_BUCKETS, registry=registry
        )
        self.in_flight = Gauge("gpu_kedro_requests_in_flight", "Requests being answered", registry=registry)
        self._model = Gauge("gpu_kedro_model_info", "The bundle in service", ["version"], registry=registry)
        if prediction_log is not None:
            self.registry.register(_PredictionLogCounts(prediction_log))

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request; `path` is a template, so that the number of series is bounded."""
        self._requests.labels(method, path, status).inc()
        self._seconds.labels(method, path).observe(seconds)

    def serve_version(self, version: str) -> None:
        """Name the bundle that is served from now on."""
        self._model.clear()
        self._model.labels(version).set(1)


class _PredictionLogCounts(Collector):
    def __init__(self, prediction_log: PredictionLog) -> None:
        self._log = prediction_log

    def collect(self) -> Iterator[CounterMetricFamily]:
        for name, count in (("written", self._log.written), ("dropped", self._log.dropped)):
            yield CounterMetricFamily(f"gpu_kedro_prediction_log_{name}", f"Predictions {name}", value=count)
