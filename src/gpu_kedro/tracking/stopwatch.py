"""How long each node of a run takes."""

import time


class Stopwatch:
    """Seconds of each finished node, by name; hooks share one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started: dict[str, float] = {}
        self._run_started = time.monotonic()

    def reset(self) -> None:
        """Begin a run."""
        self.seconds, self._started, self._run_started = {}, {}, time.monotonic()

    def start(self, node: str) -> None:
        """Begin a node."""
        self._started[node] = time.monotonic()

    def stop(self, node: str) -> float:
        """End a node and give its seconds."""
        self.seconds[node] = time.monotonic() - self._started[node]
        return self.seconds[node]

    @property
    def run_seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._run_started
