"""The Market page: prices in, every page at them, and the market in the address."""

import pytest
from app_pages import texts

from streamlit_app.prices import _read_token, write_token

MARKET = {
    "observations": [
        {"name": "RTX 3060", "price_usd": 210.0, "date": "2026-03-06", "condition": "used"},
        {"name": "RX 6600", "price_usd": 150.0, "date": "2026-03"},
        {"name": "RX 6700 XT", "price_usd": 2250.0, "date": "2026-03"},
    ],
    "as_of": "2026-03",
    "condition": "used",
}


def test_a_market_survives_its_way_through_an_address():
    token = write_token(MARKET)
    assert len(token) < 250
    kept = _read_token(token)
    assert kept["as_of"] == "2026-03"
    assert [one["price_usd"] for one in kept["observations"]] == [210.0, 150.0, 2250.0]


@pytest.mark.parametrize("token", ["", "x", "eNqLjgUAARUAuQ", write_token(MARKET)[:-9], "A" * 3000])
def test_an_address_that_holds_no_market_is_passed_over(token):
    assert _read_token(token) is None


def test_every_page_is_at_the_prices_of_the_market(open_page, asks_service):
    page = open_page("ask", name="RTX 3070", market=write_token(MARKET))
    assert not page.exception
    assert "Prices as of 2026-03, used: 2 observations up to 2026-03-06." in texts(page)
    assert "Prices are of 2026-03, used." in texts(page)
    assert "2022 observations" not in texts(page)


def test_a_pasted_list_is_read_and_its_junk_told(open_page, asks_service):
    page = open_page("market")
    rows = (
        "RTX 3060,$210,2026-03\nRX 6600,150,2026-03\nRTX 3070,240,2026-03\nRX 6700 XT,2250,2026-03\nRTX 2060,9 €,2026\n"
    )
    page.text_area(key="market_pasted").set_value(f"GPU,Price,Date\n{rows}")
    page.run()
    next(button for button in page.button if button.label == "Read").click().run()
    assert not page.exception
    told = texts(page)
    assert "in another currency than US dollars" in told
    assert "RX 6700 XT: junk" in told
    assert "Prices as of 2026-03, new: 3 observations up to 2026-03." in told
    next(button for button in page.button if button.label == "Forget this market").click().run()
    assert "No market yet" in texts(page)
