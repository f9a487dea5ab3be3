"""What hooks tell each other about a run: notes that are recorded and shown at its end, and how long each node took."""

import time
from dataclasses import dataclass, field
from multiprocessing import SimpleQueue, Value


@dataclass
class RunNotes:
    """One for all hooks, emptied when a run begins: lines that it ends with, tags, and texts of files by their path."""

    epilogue: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Begin a run."""
        self.epilogue.clear()
        self.tags.clear()
        self.texts.clear()


class Stopwatch:
    """Seconds of each finished node, by name; hooks share one.

    Worker processes of Kedro's `ParallelRunner` hand their figures back where processes are forked, as on Linux.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin a run."""
        self._handed_in: SimpleQueue[tuple[str, float]] = SimpleQueue()
        self._done = Value("i")
        self._seconds: dict[str, float] = {}
        self._started: dict[str, float] = {}
        self._run_started = time.monotonic()

    def start(self, node: str) -> None:
        """Begin a node."""
        self._started[node] = time.monotonic()

    def stop(self, node: str) -> tuple[int, float]:
        """End a node: how many are done with it, and its seconds."""
        seconds = time.monotonic() - self._started[node]
        self._handed_in.put((node, seconds))
        with self._done:
            self._done.value += 1
            return self._done.value, seconds

    @property
    def seconds(self) -> dict[str, float]:
        """By node."""
        while not self._handed_in.empty():
            node, seconds = self._handed_in.get()
            self._seconds[node] = seconds
        return self._seconds

    @property
    def run_seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._run_started
