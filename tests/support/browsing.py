"""What tests do in a browser."""

from urllib.parse import quote_plus

from playwright.sync_api import Page, expect

from bench.app import wait_until_drawn


def ask(page: Page, name: str, label: str = "Which GPU?") -> None:
    """Type a name and go on at once."""
    page.get_by_role("combobox", name=label).fill(name)
    page.keyboard.press("Enter")


def ask_and_look(page: Page, name: str, label: str = "Which GPU?") -> None:
    """Type a name and wait for the answer.

    While it is drawn, the page holds parts of the one before, and what is opened then Streamlit may close again.
    """
    ask(page, name, label)
    page.wait_for_url(lambda url: quote_plus(name) in url)
    wait_until_drawn(page)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
