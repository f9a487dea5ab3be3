"""axe, the checker that browsers' own tools use, finds nothing on any page: light and dark, desktop and phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bench.app import PAGES, wait_until_drawn

pytestmark = pytest.mark.browser
WIDTHS = {"desktop": 1440, "phone": 390}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser, watched, running, name, size, scheme):
    context = browser.new_context(viewport={"width": WIDTHS[size], "height": 900}, color_scheme=scheme)
    page = watched.watch(context.new_page())
    page.goto(running.address + PAGES[name])
    wait_until_drawn(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    # charts and uploads come a moment later than what is around them
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
