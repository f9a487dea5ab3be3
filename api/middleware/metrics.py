"""Counts of requests in Prometheus' text format, without a library: one process, one event loop."""

from bisect import bisect_left
from collections import defaultdict

from gpu_kedro.serving.prediction_log import PredictionLog

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What was asked, how it ended and how long it took.

    Args:
        prediction_log: counts what it wrote and dropped, when there is one.
    """

    def __init__(self, prediction_log: PredictionLog | None = None) -> None:
        self._prediction_log = prediction_log
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(_BUCKETS) + 1))
        self._seconds: dict[tuple[str, str], float] = defaultdict(float)
        self.in_flight = 0

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request; `path` is a template, so that the number of series is bounded."""
        self._requests[method, path, status] += 1
        self._buckets[method, path][bisect_left(_BUCKETS, seconds)] += 1
        self._seconds[method, path] += seconds

    def write(self, model_version: str | None) -> str:
        """Everything as text."""
        lines = ["# TYPE gpu_kedro_requests_total counter"]
        for (method, path, status), count in sorted(self._requests.items()):
            labels = f'method="{method}",path="{path}",status="{status}"'
            lines.append(f"gpu_kedro_requests_total{{{labels}}} {count}")
        lines.append("# TYPE gpu_kedro_request_seconds histogram")
        for (method, path), buckets in sorted(self._buckets.items()):
            labels, total = f'method="{method}",path="{path}"', 0
            for edge, count in zip((*_BUCKETS, "+Inf"), buckets, strict=True):
                total += count
                lines.append(f'gpu_kedro_request_seconds_bucket{{{labels},le="{edge}"}} {total}')
            lines.append(f"gpu_kedro_request_seconds_sum{{{labels}}} {self._seconds[method, path]:.6f}")
            lines.append(f"gpu_kedro_request_seconds_count{{{labels}}} {total}")
        lines += ["# TYPE gpu_kedro_requests_in_flight gauge", f"gpu_kedro_requests_in_flight {self.in_flight}"]
        if self._prediction_log is not None:
            for name, count in (("written", self._prediction_log.written), ("dropped", self._prediction_log.dropped)):
                lines.append(f"# TYPE gpu_kedro_prediction_log_{name}_total counter")
                lines.append(f"gpu_kedro_prediction_log_{name}_total {count}")
        lines.append("# TYPE gpu_kedro_model_info gauge")
        if model_version:
            lines.append(f'gpu_kedro_model_info{{version="{model_version}"}} 1')
        return "\n".join(lines) + "\n"
