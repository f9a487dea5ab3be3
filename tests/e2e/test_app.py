"""Journeys of people through the app: the real app, the real service, a real browser."""

import csv
import io
import json
import os
import signal

import pytest
from browsing import ask, ask_and_look
from openpyxl import load_workbook
from playwright.sync_api import expect
from promises import promise

from bench.app import FLEET_ROWS, SESSIONS, upload, wait_until_drawn, write_fleet
from bench.app_servers import run_app

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)> **b** $x$ :red[y] :smile:"


@pytest.fixture(scope="module")
def names(trained):
    bundles = trained.bundles
    version = json.loads((bundles / "current.json").read_text())["version"]
    catalogue = json.loads((bundles / version / "catalogue.json").read_text())
    return [name for name in catalogue["name"] if len(name) > 3]


def open_(page, running, path="/"):
    page.goto(running.address + path)
    wait_until_drawn(page)


def heading(page):
    return page.get_by_role("heading", level=1)


def test_type_a_name_and_read_the_card(page, running, picture):
    open_(page, running)
    ask(page, "rtx 4070 laptop")
    card = page.locator(".st-key-card")
    expect(card).to_contain_text("GeForce RTX 4070 Mobile")
    expect(card.locator(".gk-value")).to_have_count(4)
    expect(card.locator(".gk-value").nth(0)).to_contain_text("points")
    expect(card.locator(".gk-value").nth(1)).to_contain_text("$")
    expect(card.locator(".gk-value").nth(2)).to_contain_text("W")
    page.screenshot(path=picture / "ask.png")


def test_the_search_box_completes_names(page, running):
    open_(page, running)
    page.get_by_role("combobox", name="Which GPU?").fill("gtx 1080 ti")
    page.get_by_role("option", name="GeForce GTX 1080 Ti").first.click()
    expect(heading(page)).to_contain_text("GeForce GTX 1080 Ti")


def test_everything_is_reached_with_the_keyboard(page, running):
    open_(page, running)
    box = page.get_by_role("combobox", name="Which GPU?")
    for _ in range(30):
        if box.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("GeForce RTX 3060 laptop")
    page.keyboard.press("Enter")
    expect(page.locator(".gk-value")).to_have_count(4)
    opener = page.get_by_text("What if it had more")
    for _ in range(40):
        page.keyboard.press("Tab")
        if opener.evaluate("element => element.closest('summary')?.contains(document.activeElement) ?? false"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".js-plotly-plot")).to_have_count(1)


def test_the_address_of_an_answer_gives_the_answer_again(page, browser, watched, running):
    open_(page, running)
    ask_and_look(page, "rtx 4070 laptop")
    page.get_by_text("You know more?").click()
    page.get_by_role("textbox", name="Power (W)").fill("90")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "tdp_w=90" in url)
    wait_until_drawn(page)
    page.get_by_text("What if it had more").click()
    slider = page.get_by_role("slider").nth(2)
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url(lambda url: "tdp_w=90" in url and "if_memory_bandwidth_gb_s=105" in url)
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    told = page.locator(".gk-value").all_inner_texts()
    again = watched.watch(browser.new_context().new_page())
    again.goto(page.url)
    wait_until_drawn(again)
    expect(again.locator(".js-plotly-plot")).to_have_count(1)
    assert again.locator(".gk-value").all_inner_texts() == told
    expect(again.get_by_text("105 %")).to_be_visible()
    again.context.close()


def test_did_you_mean_is_a_click_away(page, running):
    open_(page, running, "/?name=GeForce+RTX+3071")
    link = page.locator(".gk-guesses a").first
    meant = link.inner_text()
    assert "RTX 30" in meant
    link.click()
    expect(heading(page)).to_have_text(meant)


def test_a_price_gets_a_verdict(page, running, picture):
    open_(page, running, "/deal")
    ask_and_look(page, "GeForce RTX 3060")
    page.get_by_role("textbox", name="Asking price ($)").fill("9000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Overpriced")).to_contain_text("$9,000 was above the fair range")
    page.wait_for_url(lambda url: "price=9000" in url and "gpu=GeForce+RTX+3060" in url)
    page.screenshot(path=picture / "deal.png")


def test_three_cards_are_compared(page, running, picture):
    open_(page, running, "/compare")
    for typed, name in (
        ("GeForce RTX 3060", "GeForce RTX 3060"),
        ("rx 5700 xt", "Radeon RX 5700 XT"),
        ("rtx 4070 laptop", "rtx 4070 laptop"),
    ):
        ask(page, typed, "Two to 6 GPUs")
        expect(page.get_by_test_id("stMultiSelect")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.locator(".js-plotly-plot")).to_have_count(5)
    expect(page.locator(".js-plotly-plot").first).to_contain_text("rtx 4070 laptop")
    page.screenshot(path=picture / "compare.png")


@promise("input.app_formulas", "cells of a fleet, from the browser and back, that Excel would run", at_most=0)
def test_a_fleet_is_scored_and_comes_back_safe(page, running, names, tmp_path, picture, measured):
    open_(page, running, "/fleet")
    upload(page, write_fleet(tmp_path, names))
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(f"{FLEET_ROWS}")
    page.screenshot(path=picture / "fleet.png")
    rows = list(csv.DictReader(io.StringIO(download(page, "Download CSV").decode("utf-8-sig"))))
    assert len(rows) == FLEET_ROWS
    assert [row["asset"] for row in rows] == [f"PC-{place:04d}" for place in range(FLEET_ROWS)]
    assert all(row["error"] or row["answer"] != "full" or float(row["g3d_mark"]) > 0 for row in rows)
    (formula,) = [row for row in rows if "HYPERLINK" in row["name"]]
    assert formula["name"] == '\'=HYPERLINK("http://x","y")'
    sheet = load_workbook(io.BytesIO(download(page, "Download Excel")))["GPUs"]
    assert sheet.max_row == FLEET_ROWS + 1
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    measured("input.app_formulas", 0)


def download(page, label):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    return waiting.value.path().read_bytes()


@promise("input.app_html", "hostile names that a page of the app runs, in a browser", at_most=0)
@pytest.mark.parametrize("path", ["/?name={}", "/deal?gpu={}&price=5", "/compare?names={}&names=RTX+3060"])
def test_a_hostile_name_is_shown_as_text(page, running, path, measured):
    from urllib.parse import quote_plus

    open_(page, running, path.format(quote_plus(HOSTILE)))
    expect(page.locator("img[src=x]")).to_have_count(0)
    if path.startswith("/compare"):
        expect(page.get_by_text("<img src=x onerror=alert(").first).to_be_visible()
        warning = page.get_by_test_id("stAlert").filter(has_text="onerror=alert(")
        assert warning.inner_text().replace("\u2060", "").strip().startswith(HOSTILE)
    else:
        # what was taken for it, or the price that was asked: the page is drawn to its end
        expect(page.locator(".gk-match")).to_have_text("No known model behind this name")
        if path.startswith("/?"):
            assert heading(page).inner_text().replace("\u2060", "").strip() == HOSTILE
    measured("input.app_html", 0)


def test_the_service_goes_down_in_the_middle_and_comes_back(page, trained, tmp_path, picture):
    with run_app(trained.bundles, tmp_path) as own:
        open_(page, own, "/?name=GeForce+RTX+3060")
        expect(page.locator(".gk-value")).to_have_count(4)
        os.kill(own.service.process.pid, signal.SIGSTOP)
        ask(page, "GeForce GTX 980")
        expect(page.get_by_text("did not answer within 4 s")).to_be_visible()
        os.kill(own.service.process.pid, signal.SIGCONT)
        page.get_by_role("button", name="Try again").click()
        expect(heading(page)).to_have_text("GeForce GTX 980")
        expect(page.locator(".gk-value")).to_have_count(4)
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        own.service.process.kill()
        own.service.process.wait()
        ask(page, "GeForce GTX 970")
        expect(page.get_by_text("No service answers at")).to_be_visible()
        expect(page.get_by_text("Traceback")).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.screenshot(path=picture / "service_down.png")


def test_ten_people_at_once_all_get_their_answers(browser, watched, running, names):
    contexts = [browser.new_context() for _ in range(SESSIONS)]
    pages = [watched.watch(context.new_page()) for context in contexts]
    for place, one in enumerate(pages):
        one.goto(f"{running.address}/?name={names[place].replace(' ', '+')}", wait_until="commit")
    for place, one in enumerate(pages):
        expect(heading(one)).to_have_text(names[place], timeout=60_000)
        expect(one.locator(".gk-value")).to_have_count(4)
        expect(one.get_by_test_id("stException")).to_have_count(0)
    for context in contexts:
        context.close()
