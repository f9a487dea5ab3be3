"""What tests of the app read off a page, and ways in which a server can misbehave."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from streamlit.testing.v1 import AppTest

from bench.processes import run_server


def texts(at: AppTest) -> str:
    """All that a page says in words."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    said = [str(element.value) for kind in kinds for element in getattr(at, kind)]
    return "\n".join([*said, *htmls(at)])


def htmls(at: AppTest) -> list[str]:
    """Bodies of HTML elements, but for the style sheet."""
    return [element.proto.body for element in at.get("html") if "<style>" not in element.proto.body]


def tables(at: AppTest) -> list[list[dict[str, str]]]:
    """Tables of a page: one entry a row, its texts by the heads of the columns; marks are read by their word."""
    found = []
    for body in htmls(at):
        reader = _TableReader()
        reader.feed(body)
        found += [[dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for rows in reader.tables]
    return found


def number(text: str) -> float:
    """The figure in a cell: "measured $1,234" is 1234."""
    return float("".join(letter for letter in text if letter.isdigit() or letter == "."))


class _TableReader(HTMLParser):
    """Gathers the texts of tables, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._is_in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._is_in_cell = True
        elif tag == "button":
            self._is_in_cell = False

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.tables[-1][-1][-1] = self.tables[-1][-1][-1].strip()
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_in_cell:
            self.tables[-1][-1][-1] += data


def plain(text: str) -> str:
    """Markdown without the escapes that keep text plain."""
    return text.replace("\\", "").replace("\u2060", "")


Behaviour = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int, body: str, kind: str = "application/json", **headers: str) -> Behaviour:
    """Always this answer; headers with underscores for dashes."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        content = body.encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return behave


def stay_silent(_: BaseHTTPRequestHandler) -> None:
    """Take the request and say nothing."""
    time.sleep(3)


def drip(request: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no single read takes long."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    for _ in range(60):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


@contextmanager
def run_service(bundles: Path, logs: Path, **settings: object) -> Iterator[str]:
    """The service as a process; gives its address."""
    environment = {"GPU_KEDRO_BUNDLES": str(bundles), "GPU_KEDRO_DRAIN_SECONDS": "0"}
    environment |= {f"GPU_KEDRO_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "api.server"]
    # the service reads its port from the environment
    with run_server("service", lambda port: ["env", f"PORT={port}", *command], environment, logs) as server:
        server.wait_until_ready("/health/live", 30)
        yield f"http://127.0.0.1:{server.port}"
