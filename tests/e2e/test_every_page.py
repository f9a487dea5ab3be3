"""Every page, on a desktop and a phone, light and dark: no error, no wider than the screen, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bench.app import PAGES, wait_until_drawn

pytestmark = pytest.mark.browser
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
_BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
_WIDTHS = "[document.querySelector('[data-testid=stMain]').scrollWidth, document.documentElement.clientWidth]"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_and_axe_finds_nothing(browser, watched, running, picture, name, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    page = watched.watch(context.new_page())
    page.goto(running.address + PAGES[name])
    wait_until_drawn(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    # charts and uploads come a moment later than what is around them
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    found = _look(page, picture / f"{name}_{size}_light.png")
    light = page.evaluate(_BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => {_BACKGROUND} !== before", arg=light)
    found += _look(page, picture / f"{name}_{size}_dark.png")
    context.close()
    assert found == []


def _look(page, path):
    """What axe finds, beside a picture of it; nothing is wider than the screen."""
    page.screenshot(path=path)
    wide, seen = page.evaluate(_WIDTHS)
    assert wide <= seen
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
