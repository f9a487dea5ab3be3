"""A real nginx with the file of deploy/edge, in front of services of a test."""

import getpass
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from workspace import PROJECT

from bench.processes import Server, run_server

FILE = PROJECT / "deploy" / "edge" / "nginx.conf"
StartEdge = Callable[..., Server]


def list_defaults() -> dict[str, str]:
    """What compose.yml gives the front, as Compose reads it: `$$` is a dollar."""
    given = yaml.safe_load((PROJECT / "compose.yml").read_text())["services"]["edge"]["environment"]
    named = {name: str(value).replace("$$", "$") for name, value in given.items() if name.startswith("EDGE_")}
    return {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for name, value in named.items()}


def render(settings: Mapping[str, str]) -> str:
    """The file with its variables filled in, as the official image's `envsubst` does."""
    text = FILE.read_text()
    for name, value in settings.items():
        text = text.replace(f"${{{name}}}", value)
    assert "${EDGE" not in text, "compose.yml does not name a variable of the file"
    return text


@contextmanager
def run_edge(
    folder: Path, service: int, other: int | None = None, extras: Mapping[str, str] | None = None, **settings: object
) -> Iterator[Server]:
    """The front as a process on a free port, with the settings of compose.yml but for those that are given.

    Args:
        folder: for its files.
        service: port of the service behind it.
        other: port of a second replica.
        extras: files that are added to its server, by name.
        settings: e.g. `rate=50` for EDGE_RATE.
    """
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx (Debian: apt-get install nginx-light)")

    def command(port: int) -> list[str]:
        more = folder / "more"
        more.mkdir()
        for name, text in (extras or {}).items():
            (more / name).write_text(text)
        own = {
            "EDGE_LISTEN": f"127.0.0.1:{port}",
            "EDGE_LOG": str(folder / "edge-access.log"),
            "EDGE_MORE": str(more),
            "EDGE_OTHER": f"127.0.0.1:{other or service}",
            "EDGE_SERVER": f"127.0.0.1:{service}",
            "EDGE_TEMP": str(folder),
        }
        chosen = {f"EDGE_{name.upper()}": str(value) for name, value in settings.items()}
        path = folder / "nginx.conf"
        path.write_text(render({**list_defaults(), **own, **chosen}))
        # `user` says something to root only, whose workers may not read the folder of a test otherwise
        return ["nginx", "-p", str(folder), "-c", str(path), "-g", f"daemon off; user {getpass.getuser()};"]

    with run_server("edge", command, {}, folder) as edge:
        edge.wait_until_ready("/health/live", 20)
        yield edge


@pytest.fixture
def start_edge(tmp_path: Path) -> Iterator[StartEdge]:
    """Starts fronts, e.g. `start_edge(service.port, rate=5)`; ended after the test."""
    numbers = count()
    with ExitStack() as stack:

        def start(service: int, other: int | None = None, **settings: Any) -> Server:
            folder = tmp_path / f"edge-{next(numbers)}"
            folder.mkdir()
            return stack.enter_context(run_edge(folder, service, other, **settings))

        yield start
