"""What five people come for, each from the start to what they take away; pictures in `build/screenshots/tests`.

The front-end developer's is `tests/api/test_clients.py`.
"""

import csv
import io

import pytest
from browsing import ask_and_look
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from bench.app import wait_until_drawn

pytestmark = pytest.mark.browser


def open_(page, running, path="/"):
    page.goto(running.address + path)
    wait_until_drawn(page)


def go(page, title):
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title if title != "Deal" else "deal")
    wait_until_drawn(page)


def download(page, label):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    return waiting.value.path().read_bytes()


def is_on_screen(page, locator):
    box = locator.bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]


def test_a_buyer_on_a_phone_looks_judges_and_compares(page, running, picture):
    page.set_viewport_size({"width": 390, "height": 844})
    open_(page, running)
    ask_and_look(page, "GeForce RTX 3060")
    expect(page.get_by_role("heading", level=1)).to_have_text("GeForce RTX 3060")
    card = page.locator(".st-key-card")
    expect(card.locator(".gk-standing")).to_contain_text("benchmarked GPUs")
    assert all(is_on_screen(page, one) for one in card.locator(".gk-value").all())
    page.screenshot(path=picture / "journey_buyer_card.png")
    card.get_by_role("button", name="Add to comparison").click()
    card.get_by_role("link", name="Is it a deal?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it a deal?")
    expect(page.get_by_role("combobox", name="Which GPU?")).to_have_value("GeForce RTX 3060")
    page.get_by_role("textbox", name="Asking price ($)").fill("9.999,50")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Overpriced")).to_contain_text("$10,000 was above")
    page.screenshot(path=picture / "journey_buyer_deal.png")
    go(page, "Find")
    cells = page.locator(".gk-table tbody tr").first.locator("th, td:visible")
    assert all(is_on_screen(page, cell) for cell in cells.all())
    page.get_by_role("button", name="Add ").first.click()
    page.get_by_role("link", name="Compare 2").click()
    expect(page.locator(".gk-pairs li")).to_have_count(1)
    expect(page.locator(".gk-pairs")).to_contain_text("than")
    page.screenshot(path=picture / "journey_buyer_compare.png")


def test_procurement_brings_a_workbook_and_takes_a_plan_home(page, running, picture, tmp_path):
    book = Workbook()
    book.active.title = "Cover"
    book.active.append(["Inventory of ACME"])
    sheet = book.create_sheet("List")
    sheet.append(["Asset", "Grafikkarte", "Anzahl", "Room"])
    names = ["GeForce RTX 3060", "gefroce gtx 970", "GeForce GT 710", "qwertz 123"]
    for place in range(400):
        sheet.append([f"PC-{place:03d}", names[place % 4], 2, place % 9])
    path = tmp_path / "fleet.xlsx"
    book.save(path)
    open_(page, running, "/fleet?goal=3000&budget=20000")
    page.set_input_files("input[type=file]", path)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("400")
    expect(page.get_by_text("How it is read")).to_contain_text("sheet “List”, header in row 1, GPUs from “Grafikkarte”")
    expect(page.get_by_text("Correct a row: 100 need a look")).to_be_visible()
    wait_until_drawn(page)
    page.screenshot(path=picture / "journey_procurement.png")
    book = load_workbook(io.BytesIO(download(page, "Download Excel")))
    assert book.sheetnames == ["GPUs", "Not read"]
    rows = list(book["GPUs"].iter_rows(values_only=True))
    head = dict(zip(rows[0], range(len(rows[0])), strict=True))
    assert rows[0][:4] == ("Asset", "Grafikkarte", "Anzahl", "Room")
    assert [row[0] for row in rows[1:]] == [f"PC-{place:03d}" for place in range(400)]
    assert {row[head["action"]] for row in rows[1:]} == {"keep", "replace", "look"}
    assert rows[3][head["replacement"]]
    assert book["Not read"].max_row == 101


def test_a_refurbisher_finds_cards_without_a_power_cable(page, running, picture):
    open_(page, running, "/find?budget=300&slot=true&memory=2")
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    page.get_by_text("performance per watt").click()
    expect(page.get_by_text("Best by performance per watt")).to_be_visible()
    wait_until_drawn(page)
    page.screenshot(path=picture / "journey_refurbisher.png")
    rows = list(csv.DictReader(io.StringIO(download(page, "Download these").decode("utf-8-sig"))))
    assert rows
    assert all(float(row["tdp_w"]) <= 75 and float(row["price_usd"]) <= 300 for row in rows)
    assert {row["form"] for row in rows} <= {"desktop", "workstation"}


def test_a_game_developer_sets_a_minimum_and_counts_players(page, running, picture):
    open_(page, running, "/minimum")
    ask_and_look(page, "GeForce GTX 970", "As fast as which GPU?")
    expect(page.get_by_role("heading", name="Desktop cards")).to_be_visible()
    expect(page.locator(".gk-table").first).to_contain_text("GeForce GTX 970")
    page.get_by_text("Which share of your players").click()
    page.get_by_role("textbox", name="A GPU and its count").fill("GeForce GTX 970,30\nGeForce GT 710,70\n")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("30 %")
    page.screenshot(path=picture / "journey_developer.png")
