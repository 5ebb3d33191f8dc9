"""The Hello World app's page."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewTab


def test_it_greets(new_tab: NewTab, hello_url: str) -> None:
    page = new_tab()
    page.goto(hello_url)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Say hello").click()
    expect(page.get_by_role("status")).to_have_text("Hello, Ada!")


def test_the_browser_refuses_a_name_that_is_no_name(new_tab: NewTab, hello_url: str) -> None:
    page = new_tab()
    page.goto(hello_url)
    name = page.get_by_label("Your name")
    name.fill("!")
    name.press("Enter")
    assert name.evaluate("input => input.validity.patternMismatch") is True
    expect(page.get_by_role("status")).to_be_empty()
