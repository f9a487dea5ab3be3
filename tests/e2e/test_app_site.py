"""A site, not a screen: titles, the history of the browser, links, the tray, and what survives a change of page."""

import re

import pytest
from playwright.sync_api import expect

from bench.app import wait_until_drawn

pytestmark = pytest.mark.browser


def open_(page, running, path="/"):
    page.goto(running.address + path)
    wait_until_drawn(page)


def ask(page, name):
    page.get_by_role("combobox", name="Which GPU?").fill(name)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(name)


def heading(page):
    return page.get_by_role("heading", level=1)


def test_every_question_is_a_step_back(page, running):
    open_(page, running)
    expect(page).to_have_title("Ask about any GPU · gpu_kedro")
    ask(page, "GeForce RTX 3060")
    ask(page, "GeForce GTX 980")
    expect(page).to_have_title("GeForce GTX 980 · gpu_kedro")
    page.go_back()
    expect(heading(page)).to_have_text("GeForce RTX 3060")
    expect(page.get_by_role("combobox", name="Which GPU?")).to_have_value("GeForce RTX 3060")
    page.go_back()
    expect(heading(page)).to_have_text("Ask about any GPU")
    page.go_forward()
    expect(heading(page)).to_have_text("GeForce RTX 3060")


def test_a_name_in_a_table_leads_to_its_card_and_back(page, running):
    open_(page, running, "/find?budget=500")
    link = page.locator(".gk-table tbody a").first
    name = link.inner_text()
    link.click()
    expect(heading(page)).to_have_text(name)
    expect(page).to_have_url(re.compile(r"/\?name="))
    page.go_back()
    expect(heading(page)).to_have_text("Find")
    expect(page).to_have_url(re.compile(r"/find\?budget=500$"))


def test_filters_survive_a_change_of_page(page, running):
    open_(page, running, "/find?budget=500&segment=Desktop")
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("link", name="Model").click()
    expect(heading(page)).to_have_text("Model")
    wait_until_drawn(page)
    pages.get_by_role("link", name="Find").click()
    expect(heading(page)).to_have_text("Find")
    expect(page).to_have_url(re.compile(r"budget=500&segment=Desktop"))
    expect(page.get_by_role("combobox", name="Segment")).to_have_value("Desktop")


def test_cards_are_put_aside_anywhere_and_compared(page, running):
    open_(page, running, "/?name=GeForce+RTX+3060")
    page.get_by_role("button", name="Add to comparison").click()
    tray = page.get_by_role("region", name="Cards to compare")
    expect(tray).to_contain_text("GeForce RTX 3060")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Find").click()
    expect(heading(page)).to_have_text("Find")
    page.get_by_role("button", name=re.compile("^Add .* to the comparison$")).first.click()
    expect(tray.get_by_role("listitem")).to_have_count(2)
    tray.get_by_role("link", name="Compare 2").click()
    expect(heading(page)).to_have_text("Compare")
    expect(page.locator(".gk-table tbody tr")).to_have_count(2)
    tray.get_by_role("button", name="Take GeForce RTX 3060 out of the comparison").click()
    expect(tray.get_by_role("listitem")).to_have_count(1)


def test_nothing_that_is_pressed_at_once_is_lost(page, running):
    open_(page, running, "/?name=GeForce+RTX+3060")
    page.evaluate("""() => {
        const buttons = [...document.querySelectorAll(".gk-table button[data-gk=put]")].slice(0, 3);
        const links = [...document.querySelectorAll(".gk-nav a")];
        for (const one of [...buttons, links.find((link) => link.textContent === "Find"), buttons[0]]) one.click();
    }""")
    expect(heading(page)).to_have_text("Find")
    expect(page.get_by_role("region", name="Cards to compare").get_by_role("listitem")).to_have_count(3)
    expect(page).to_have_url(re.compile("/find"))


PRICES = """name,price_usd,date,condition
RTX 3060,210,2026-03,used
RTX 3070,265,2026-03,used
RX 6600,150,2026-03,used
GTX 1660 Super,110,2026-03,used
RTX 3080,39,2026-03,used
"""


def test_prices_that_are_pasted_hold_on_every_page_and_in_its_address(page, running, picture):
    open_(page, running, "/market")
    page.get_by_role("textbox", name="Paste rows with a header").fill(PRICES)
    page.get_by_role("textbox", name="Paste rows with a header").press("Control+Enter")
    page.get_by_role("button", name="Read").click()
    expect(page.get_by_text("How well these prices are explained")).to_be_visible()
    wait_until_drawn(page)
    page.screenshot(path=picture / "market.png", full_page=True)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Find").click()
    expect(heading(page)).to_have_text("Find")
    told = "Prices as of 2026-03, used: 4 observations up to 2026-03"
    expect(page.get_by_text(told)).to_be_visible()
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.get_by_text(told)).to_be_visible()


def test_the_address_is_copied(page, running):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_(page, running, "/?name=GeForce+RTX+3060")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/?name=GeForce+RTX+3060")


def test_thirteen_warnings_take_three_lines_of_a_phone(page, running):
    page.set_viewport_size({"width": 390, "height": 844})
    open_(page, running, "/?name=GeForce+RTX+5090")
    line = page.locator(".gk-caveats summary")
    lines = line.evaluate("one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight)")
    assert lines < 4
    line.click()
    expect(page.locator(".gk-caveats li").first).to_be_visible()
