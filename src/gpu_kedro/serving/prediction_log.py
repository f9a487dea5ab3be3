"""Keeps what was asked and answered in SQLite files, off the path of requests.

Requests put their answers into a bounded queue and go on; one thread writes batches. A full queue or a full disk costs
log entries, which are counted, and never an answer. Files are closed after so many rows, and the oldest go. Kept are
the GPU that was asked about and what was estimated; no key, no address, no header ever gets here.
"""

import json
import logging
import os
import queue
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, SEGMENTS
from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.runtime import Runtime

logger = logging.getLogger(__name__)
PREFIX = "predictions-"
_TEXTS = ("asked_at", "model_version", "name", "specs", "match_kind", "warnings")
_NUMBERS = (
    *KNOWN_FIELDS,
    "match_confidence",
    *(f"p_{segment.lower()}" for segment in SEGMENTS),
    *(f"{target}_predicted" for target in REGRESSION_TARGETS),
)
COLUMNS: tuple[str, ...] = tuple(name if name not in KNOWN_FIELDS else f"given_{name}" for name in (*_TEXTS, *_NUMBERS))
_CREATE = "CREATE TABLE IF NOT EXISTS predictions ({})".format(
    ", ".join(f"{name} {'TEXT' if name in _TEXTS else 'REAL'}" for name in COLUMNS)
)
_INSERT = f"INSERT INTO predictions VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  # nosec B608  # no values in it
#: Files of this kind are removed when there are too many, and no others.
_NAME = re.compile(re.escape(PREFIX) + r"\d{8}T\d{12}-\d+-\d+\.sqlite")
_BATCH = 500
_LONGEST_TEXT = 500


class _Asked(NamedTuple):
    """Queries with their answers, as the API gives them (`Prediction`) or as flat columns."""

    asked_at: datetime
    queries: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]


class PredictionLog:
    """A folder of SQLite files with what was asked and answered.

    Args:
        folder: where they go; made when missing.
        max_rows: of one file.
        max_files: the oldest are removed.
        capacity: rows that may wait to be written; more are dropped.
    """

    def __init__(self, folder: Path, max_rows: int = 100_000, max_files: int = 10, capacity: int = 20_000) -> None:
        self.folder = folder
        self.dropped = 0
        self.written = 0
        self._max_rows = max_rows
        self._max_files = max_files
        self._capacity = capacity
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._rows_waiting = 0
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._rows_in_file = 0
        self._files_made = 0
        self._has_warned = False
        self._thread = threading.Thread(target=self._write_all, name="prediction-log", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Write what waits, and end; what is not written after some seconds is lost."""
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def put(
        self, queries: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]
    ) -> None:
        """Take answers, one for each query or as flat columns; never waits, never fails."""
        with self._lock:
            if self._rows_waiting + len(queries) > self._capacity:
                self.dropped += len(queries)
                return
            self._rows_waiting += len(queries)
        self._waiting.put(_Asked(datetime.now(UTC), queries, answers))

    def _write_all(self) -> None:
        while (asked := self._waiting.get()) is not None:
            taken, is_last = [asked], False
            while len(taken) < _BATCH and not self._waiting.empty():
                more = self._waiting.get()
                if more is None:
                    is_last = True
                    break
                taken.append(more)
            self._write_or_drop(taken)
            if is_last:
                return

    def _write_or_drop(self, taken: list[_Asked]) -> None:
        count = sum(len(asked.queries) for asked in taken)
        try:
            self._write([row for asked in taken for row in _flatten(asked)])
            self.written += count
        except Exception as err:  # noqa: BLE001  # the thread must outlive whatever a disk, or an odd answer, does
            self._file = None
            with self._lock:
                self.dropped += count
            if not self._has_warned:
                self._has_warned = True
                logger.warning("prediction log in %s: cannot write (%s); entries are dropped", self.folder, err)
        finally:
            with self._lock:
                self._rows_waiting -= count

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        is_new = self._file is None or self._rows_in_file >= self._max_rows
        path = self._begin_file() if is_new or self._file is None else self._file
        try:
            with closing(sqlite3.connect(path, timeout=5)) as connection, connection:
                connection.execute(_CREATE)
                connection.executemany(_INSERT, rows)
        except BaseException:
            if is_new:
                path.unlink(missing_ok=True)
            raise
        self._rows_in_file = len(rows) + (0 if is_new else self._rows_in_file)
        self._file = path
        if is_new:
            # only now: a file that cannot be written must cost none that was
            self._remove_outdated()

    def _begin_file(self) -> Path:
        """An empty file for its owner alone; SQLite gives its journal the same mode."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._files_made += 1
        name = f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}-{self._files_made}.sqlite"
        path = self.folder / name
        path.touch(mode=0o600, exist_ok=False)
        return path

    def _remove_outdated(self) -> None:
        own = sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())
        for outdated in own[: -self._max_files]:
            outdated.unlink(missing_ok=True)


def _flatten(asked: _Asked) -> Iterator[tuple[Any, ...]]:
    if isinstance(asked.answers, Mapping):
        rows = zip(*asked.answers.values(), strict=True)
        outputs = [dict(zip(asked.answers, values, strict=True)) for values in rows]
    else:
        outputs = [_flatten_answer(answer) for answer in asked.answers]
    asked_at = asked.asked_at.isoformat(timespec="milliseconds")
    for query, output in zip(asked.queries, outputs, strict=True):
        specs = {name: value for name, value in (query.get("specs") or {}).items() if value is not None}
        row = {
            **output,
            "asked_at": asked_at,
            "name": query.get("name"),
            "specs": json.dumps(specs) if specs else None,
            **{f"given_{field}": query.get(field) for field in KNOWN_FIELDS},
        }
        yield tuple(_storable(row.get(name)) for name in COLUMNS)


def _flatten_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """One answer of the API under the names of the flat columns."""
    return {
        "model_version": answer["model_version"],
        "match_kind": answer["match"]["kind"],
        "match_confidence": answer["match"]["confidence"],
        "warnings": " ".join(warning["code"] for warning in answer["warnings"]),
        **{f"p_{name.lower()}": share for name, share in (answer["segment"]["probabilities"] or {}).items()},
        **{f"{target}_predicted": answer[target]["predicted"] for target in REGRESSION_TARGETS},
    }


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_TEXT].encode("utf-8", "replace").decode()
    return value if value is None or isinstance(value, int | float) else float(value)


class RecordedRuntime:
    """A runtime whose answers to predictions are logged; everything else is the runtime's own."""

    def __init__(self, runtime: Runtime, log: PredictionLog) -> None:
        self._runtime = runtime
        self._log = log

    def __getattr__(self, name: str) -> Any:
        """What is not about predicting."""
        return getattr(self._runtime, name)

    def predict(self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None) -> list[dict[str, Any]]:
        """Answer queries (`Runtime.predict`)."""
        answers = self._runtime.predict(queries, market)
        self._log.put(queries, answers)
        return answers

    def explain(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a query with its explanation (`Runtime.explain`)."""
        answer = self._runtime.explain(query)
        self._log.put([query], [answer])
        return answer

    def predict_columns(
        self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None
    ) -> dict[str, list[Any]]:
        """Answer queries as flat columns (`Runtime.predict_columns`)."""
        columns = self._runtime.predict_columns(queries, market)
        self._log.put(queries, columns)
        return columns


def record_runtime(runtime: Runtime, log: PredictionLog) -> Runtime:
    """The same runtime, with its predictions logged."""
    return cast(Runtime, RecordedRuntime(runtime, log))
