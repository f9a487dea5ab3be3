"""Logs as one JSON object a line on standard output: never a key, a body or a value that was sent.

Why not python-json-logger: it writes the text of an exception, which may quote a request; leaving that out takes a
formatter of one's own again.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

LOGGERS = ("api", "gpu_kedro")


class JsonFormatter(logging.Formatter):
    """Writes a record's time, level, logger and message, and what was given as `extra={"facts": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; of an exception its type and where it was raised, for its text may quote a request."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2], limit=-12)
            ]
        return orjson.dumps(line, default=str).decode()


class _StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to the standard output of the moment, as `logging.lastResort` does with the error output."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(JsonFormatter())

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stdout


_HANDLER = _StdoutHandler()


def configure_logs(level: str, *others: str) -> None:
    """Send the service's own log, and that of `others`, to standard output."""
    for name in (*LOGGERS, *others):
        logger = logging.getLogger(name)
        logger.handlers = [_HANDLER]
        logger.setLevel(level)
        logger.propagate = False
