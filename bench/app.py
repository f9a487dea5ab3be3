"""Looks at every page of the app in a browser and measures what people wait for: `make screenshots`.

Pictures of every page, desktop and phone, light and dark, go to `build/screenshots`; those of the README to
`docs/images`. The figures are printed beside what they should reach.
"""

import csv
import json
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

import click
from playwright.sync_api import Browser, Page, expect

from bench.app_servers import run_app
from bench.browser import open_browser
from gpu_kedro.resolvers import PROJECT_PATH, bundle_store
from gpu_kedro.serving.errors import NoBundleError
from gpu_kedro.serving.runtime import read_version
from streamlit_app.prices import write_token

SCREENSHOTS = PROJECT_PATH / "build" / "screenshots"
IMAGES = PROJECT_PATH / "docs" / "images"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
_TIMEOUT_MS = 30_000
_TALLEST = 2_400
_LAPTOP = quote_plus("rtx 4070 laptop")
_SEEN = [
    {"name": name, "price_usd": price, "date": "2026-03", "condition": "used"}
    for name, price in {
        "RTX 3060": 210,
        "RTX 3070": 265,
        "RX 6600": 150,
        "GTX 1660 Super": 110,
        "RTX 3080": 3900,
    }.items()
]
PAGES = {
    "ask": f"/?name={_LAPTOP}",
    "deal": "/deal?gpu=GeForce+RTX+3060&price=420&power=250",
    "compare": f"/compare?names=GeForce+RTX+3070&names=Radeon+RX+6700+XT&names={_LAPTOP}",
    "find": "/find?budget=500&segment=Desktop",
    "minimum": "/minimum?name=GeForce+GTX+1060",
    "fleet": "/fleet",
    "explore": "/explore",
    "model": "/model",
    "market": f"/market?market={write_token({'observations': _SEEN})}",
}
#: What the README shows: (page, size, theme) → picture.
SHOWN = {
    ("ask", "desktop", "light"): "app_ask.png",
    ("ask", "phone", "dark"): "app_ask_phone.png",
    ("deal", "phone", "light"): "app_deal_phone.png",
    ("compare", "desktop", "light"): "app_compare.png",
    ("minimum", "desktop", "light"): "app_minimum.png",
    ("find", "desktop", "dark"): "app_find.png",
    ("fleet", "desktop", "light"): "app_fleet.png",
}
FLEET_ROWS, LARGE_FLEET_ROWS = 400, 5000
SESSIONS = 10


@dataclass(frozen=True)
class Figure:
    """One measured time.

    Args:
        title: what was waited for.
        seconds: the median of the repeats.
        limit: what it should reach, None where nothing is asked for.
        repeats: how often it was measured.
    """

    title: str
    seconds: float
    limit: float | None
    repeats: int


def write_fleet(folder: Path, names: list[str], rows: int = FLEET_ROWS, seed: int = 1, name: str = "fleet.csv") -> Path:
    """A CSV file of GPUs, a third of them misspelt, with a name that would be a formula and one that would be HTML."""
    chance = random.Random(seed)  # noqa: S311
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["asset", "name"])
        for place in range(rows):
            gpu = chance.choice(names)
            if chance.random() < 1 / 3:
                at = chance.randrange(len(gpu) - 1)
                gpu = f"{gpu[:at]}{gpu[at + 1]}{gpu[at]}{gpu[at + 2 :]}"
            hostile = {3: '=HYPERLINK("http://x","y")', 7: "<img src=x onerror=alert(1)>"}
            writer.writerow([f"PC-{place:04d}", hostile.get(place, gpu)])
    return path


def wait_until_drawn(page: Page) -> None:
    """Until the title stands, the script has run to its end, and the page hears what is pressed."""
    page.get_by_role("heading", level=1).wait_for(timeout=_TIMEOUT_MS)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=_TIMEOUT_MS)
    page.wait_for_selector("body.gk-listens", state="attached", timeout=_TIMEOUT_MS)


def draw_pages(browser: Browser, address: str, fleet: Path) -> None:
    """Write every picture."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir(parents=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
            )
            for name, path in PAGES.items():
                page = context.new_page()
                page.goto(address + path, timeout=_TIMEOUT_MS)
                wait_until_drawn(page)
                if name == "fleet":
                    upload(page, fleet)
                _fit(page, width, height)
                page.screenshot(path=SCREENSHOTS / f"{name}_{size}_{theme}.png")
                if picture := SHOWN.get((name, size, theme)):
                    # the part that one sees first, which keeps the repository small
                    page.screenshot(path=IMAGES / picture, clip={"x": 0, "y": 0, "width": width, "height": height})
                page.close()
            context.close()


def upload(page: Page, fleet: Path) -> None:
    """Give the Fleet page a file, and wait for the result."""
    page.set_input_files("input[type=file]", fleet)
    page.get_by_role("heading", name="An example").wait_for(state="detached", timeout=_TIMEOUT_MS)
    wait_until_drawn(page)
    page.get_by_text("Download Excel").wait_for(timeout=_TIMEOUT_MS)


def _fit(page: Page, width: int, height: int) -> None:
    """Make the window as tall as the page, so that a picture holds all of it; up to 2,400 pixels."""
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, min(int(tall), _TALLEST))})
    # charts and tables are drawn again for the new size
    page.wait_for_timeout(1500)


def measure(browser: Browser, address: str, fleet: Path, names: Sequence[str]) -> list[Figure]:
    """Times that people wait, in new sessions after a warm start; what is asked was never asked before."""
    fresh = iter(names)
    return [
        _repeat("first paint of the start page", 2.0, 5, lambda: time_first_paint(browser, address)),
        _repeat("an answer on screen after Enter", 0.5, 5, lambda: time_answer(browser, address, next(fresh))),
        _repeat("all cards within another budget", 1.0, 5, lambda: time_find(browser, address)),
        _repeat(f"a fleet of {LARGE_FLEET_ROWS:,} rows", 5.0, 3, lambda: time_fleet(browser, address, fleet)),
        _repeat(f"{SESSIONS} sessions at once, all answered", None, 1, lambda: time_sessions(browser, address, fresh)),
    ]


def _repeat(title: str, limit: float | None, times: int, measure_once: Callable[[], float]) -> Figure:
    measure_once()
    return Figure(title, statistics.median(measure_once() for _ in range(times)), limit, times)


@contextmanager
def open_page(browser: Browser) -> Iterator[Page]:
    """A page in a session of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def time_first_paint(browser: Browser, address: str) -> float:
    """From the address to the search box."""
    with open_page(browser) as page:
        start = time.perf_counter()
        page.goto(address, timeout=_TIMEOUT_MS, wait_until="commit")
        page.get_by_role("combobox", name="Which GPU?").wait_for(timeout=_TIMEOUT_MS)
        return time.perf_counter() - start


def time_answer(browser: Browser, address: str, name: str) -> float:
    """From Enter in the search box to the card."""
    with open_page(browser) as page:
        page.goto(address, timeout=_TIMEOUT_MS)
        wait_until_drawn(page)
        page.get_by_role("combobox", name="Which GPU?").fill(name)
        page.keyboard.press("Enter")
        start = time.perf_counter()
        page.locator(".gk-value").nth(2).wait_for(timeout=_TIMEOUT_MS)
        return time.perf_counter() - start


def time_find(browser: Browser, address: str) -> float:
    """From Enter behind another budget to the cards that keep to it."""
    with open_page(browser) as page:
        page.goto(f"{address}/find", timeout=_TIMEOUT_MS)
        wait_until_drawn(page)
        page.get_by_role("textbox", name="Budget ($)").fill("421")
        told = page.get_by_text("cards keep to these limits").first
        before = told.inner_text()
        start = time.perf_counter()
        page.keyboard.press("Enter")
        expect(told).not_to_have_text(before, timeout=_TIMEOUT_MS)
        return time.perf_counter() - start


def time_fleet(browser: Browser, address: str, fleet: Path) -> float:
    """From the upload to the buttons that download the result."""
    with open_page(browser) as page:
        page.goto(f"{address}/fleet", timeout=_TIMEOUT_MS)
        wait_until_drawn(page)
        start = time.perf_counter()
        upload(page, fleet)
        return time.perf_counter() - start


def time_sessions(browser: Browser, address: str, names: Iterator[str]) -> float:
    """From the first of the addresses to the last of the cards.

    Raises:
        RuntimeError: a page shows an error.
    """
    with ExitStack() as stack:
        pages = [stack.enter_context(open_page(browser)) for _ in range(SESSIONS)]
        start = time.perf_counter()
        for page in pages:
            page.goto(f"{address}/?name={quote_plus(next(names))}", timeout=_TIMEOUT_MS, wait_until="commit")
        for page in pages:
            page.locator(".gk-value").nth(2).wait_for(timeout=_TIMEOUT_MS)
        seconds = time.perf_counter() - start
        if any(page.locator("[data-testid=stAlertContentError], [data-testid=stException]").count() for page in pages):
            raise RuntimeError("a session shows an error")
        return seconds


@click.command()
@click.option("--figures-only", is_flag=True, help="measure, and draw nothing")
def main(figures_only: bool) -> None:
    """Draw every page and print how long people wait."""
    # whoever ends this ends the servers with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    bundles = bundle_store()
    try:
        version = read_version(bundles)
    except NoBundleError as err:
        raise click.ClickException(f"{err}; `make run` trains one") from err
    catalogue = json.loads((bundles / version / "catalogue.json").read_bytes())
    names = [name for name in catalogue["name"] if len(name) > 3]
    with tempfile.TemporaryDirectory() as folder, run_app(bundles, Path(folder)) as app:
        fleet = write_fleet(Path(folder), names)
        try:
            with open_browser() as browser:
                fresh = random.Random(2).sample(names, 100)  # noqa: S311
                large = write_fleet(Path(folder), names, LARGE_FLEET_ROWS, name="large.csv")
                for figure in measure(browser, app.address, large, fresh):
                    limit = "" if figure.limit is None else f" (at most {figure.limit:g} s)"
                    click.echo(f"{figure.title:<40} {figure.seconds:.2f} s{limit}, median of {figure.repeats}")
                if not figures_only:
                    draw_pages(browser, app.address, fleet)
                    click.echo(f"pictures: {SCREENSHOTS.relative_to(PROJECT_PATH)}, {IMAGES.relative_to(PROJECT_PATH)}")
        except FileNotFoundError as err:
            raise click.ClickException(str(err)) from err


if __name__ == "__main__":
    main()
