"""The app in a real browser: left out with a notice where there is none, so that everybody can run the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from workspace import PROJECT, Workspace

from bench.app_servers import RunningApp, run_app
from bench.browser import INSTALL, find_chromium, open_browser

SCREENSHOTS = PROJECT / "build" / "screenshots" / "tests"
#: A busy machine is slow; how fast the app is, `bench.app` tells.
expect.set_options(timeout=30_000)
_LEFT_OUT = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_chromium() is not None:
        return
    browsing = [item for item in items if item.get_closest_marker("browser")]
    items[:] = [item for item in items if item not in browsing]
    config.hook.pytest_deselected(items=browsing)
    config.stash[_LEFT_OUT] = len(browsing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash.get(_LEFT_OUT, 0)
    if left_out:
        terminalreporter.section("browser")
        terminalreporter.write_line(f"{left_out} tests in a browser were left out: {INSTALL}")


@pytest.fixture(scope="session")
def running(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app and the real service with the bundle of the training run."""
    with run_app(trained.bundles, tmp_path_factory.mktemp("app")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


class Watched(list[str]):
    """What went wrong in a page: dialogs, errors of scripts, requests to other hosts."""

    def watch(self, page: Page) -> Page:
        page.on("dialog", lambda dialog: (self.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("request", lambda request: self._note_host(request.url))
        return page

    def _note_host(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:")):
            self.append(f"other host: {url[:100]}")


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Fails the test at its end when anything went wrong in a page."""
    seen = Watched()
    yield seen
    assert seen == []


@pytest.fixture
def page(browser: Browser, watched: Watched) -> Iterator[Page]:
    """A page in a session of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield watched.watch(context.new_page())
    context.close()


@pytest.fixture
def picture() -> Path:
    """Folder of the screenshots that tests leave behind."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
