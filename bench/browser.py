"""A headless Chromium for measuring and looking at the app, with the flags that a machine without a network needs."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
INSTALL = "install Chromium (Debian: apt-get install chromium), or set CHROMIUM to its path"


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome: `CHROMIUM` in the environment, else the first one on PATH."""
    named = os.environ.get("CHROMIUM", "").strip()
    return named or next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser, closed on the way out.

    Raises:
        FileNotFoundError: there is none; says how to get one.
    """
    path = find_chromium()
    if path is None:
        raise FileNotFoundError(f"no browser: {INSTALL}")
    # root may not use Chromium's sandbox
    flags = [*_FLAGS, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()
