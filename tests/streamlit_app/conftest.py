"""Pages in Streamlit's own test harness, a real service, and servers that misbehave."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from app_pages import Behaviour, run_service
from streamlit.testing.v1 import AppTest
from workspace import PROJECT

APP = PROJECT / "streamlit_app" / "app.py"
OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
def service(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service with the bundle of the training run."""
    with run_service(bundles, tmp_path_factory.mktemp("service")) as address:
        yield address


@pytest.fixture
def asks_service(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app asks the real service, as `make app` starts it."""
    monkeypatch.setenv("API_URL", service)


@pytest.fixture
def open_page() -> OpenPage:
    """Opens a page of the app with what stands in the address."""

    def open_(view: str, **address: Any) -> AppTest:
        # the start page by way of the app; the harness forgets the address when it switches pages
        script = APP if view == "ask" else APP.parent / "views" / f"{view}.py"
        at = AppTest.from_file(str(script), default_timeout=60)
        for name, value in address.items():
            at.query_params[name] = value
        return at.run()

    return open_


@pytest.fixture
def misbehave() -> Iterator[Callable[[Behaviour], str]]:
    """Starts a server that answers every request in one way; gives its address."""
    started: list[ThreadingHTTPServer] = []

    def start(behave: Behaviour) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                behave(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.fixture
def store(bundles: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    return Path(shutil.copytree(bundles, tmp_path / "bundles"))


@pytest.fixture(scope="session")
def version(bundles: Path) -> str:
    told: str = json.loads((bundles / "current.json").read_text())["version"]
    return told
