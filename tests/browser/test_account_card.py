"""The sign-in microapplication as a page of its own, and its card in a page of somebody else's."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewTab


def test_alone_it_is_the_page(new_tab: NewTab, account_url: str) -> None:
    page = new_tab()
    page.goto(account_url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("heading", name="Make an account")).to_be_visible()
    expect(page.get_by_role("textbox", name="User name")).to_be_focused()


def test_the_element_is_the_card_wherever_it_stands(new_tab: NewTab, account_url: str) -> None:
    page = new_tab()
    page.goto(account_url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.evaluate("() => document.body.append(document.createElement('deep-account'))")
    card = page.locator("deep-account")
    expect(card.get_by_role("heading", name="Sign in")).to_be_visible()
    card.get_by_role("button", name="Forgot your password?").click()
    expect(page.get_by_role("heading", name="Forgotten password")).to_have_count(2)
    page.evaluate("() => document.querySelector('deep-account').remove()")
    page.evaluate("card => document.body.append(card)", page.evaluate_handle("() => document.createElement('deep-account')"))
    expect(page.locator("deep-account").get_by_role("heading", name="Sign in")).to_be_visible()


def test_every_field_has_a_label_and_tells_password_managers_what_it_is(new_tab: NewTab, account_url: str) -> None:
    page = new_tab()
    page.goto(account_url)
    for screen in ("Sign in", "Make an account"):
        expect(page.get_by_role("heading", name=screen)).to_be_visible()
        fields = page.locator("form input:not([type=checkbox])")
        assert fields.evaluate_all("inputs => inputs.every(input => input.labels.length === 1 && input.autocomplete !== '')")
        if screen == "Sign in":
            page.get_by_role("button", name="Make an account").click()
