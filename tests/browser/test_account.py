"""Signing up and in, in Chromium, on the local platform's identity service. Every test makes a user of its own."""

from __future__ import annotations

import json

from playwright.sync_api import Browser, expect

from tests.browser.account_page import PASSWORD, AccountPage, deepify_user
from tests.browser.conftest import NewTab


def test_sign_up_confirm_by_code_sign_out_sign_in(account: AccountPage) -> None:
    """The password is sent once, when the account is made; signing in proves it without."""
    sent: list[str] = []
    account.page.on("request", lambda request: sent.append(request.post_data or "") if PASSWORD in (request.post_data or "") else None)
    account.sign_up("ada")
    expect(account.page.get_by_role("status").filter(has_text="You are signed in as ada.")).to_be_visible()
    account.sign_out()
    expect(account.page.get_by_role("status").filter(has_text="You are signed out.")).to_be_visible()
    account.sign_in("ada")
    account.expect_user("ada")
    assert [_fields(text) for text in sent] == [["ClientId", "Username", "Password", "UserAttributes"]]


def test_who_signs_in_before_confirming_is_asked_for_the_code(account: AccountPage) -> None:
    account.sign_in_button.click()
    account.press("Make an account")
    account.fill(username="eve", email="eve@example.com", newPassword=PASSWORD)
    account.press("Make the account")
    expect(account.dialog.get_by_role("status")).to_have_text("We sent a code to e***@e***.")
    account.page.keyboard.press("Escape")
    account.sign_in("eve")
    expect(account.dialog.get_by_role("heading", name="Confirm your account")).to_be_visible()
    account.fill(code=account.code("eve"))
    account.press("Confirm")
    account.expect_user("eve")


def test_what_is_refused_is_told_where_it_can_be_mended(account: AccountPage) -> None:
    account.sign_in("nobody", "Wrong-12")
    expect(account.alert).to_have_text("The user name or the password is wrong.")
    expect(account.dialog.get_by_role("textbox", name="Password")).to_be_focused()
    account.press("Make an account")
    account.fill(username="kim", email="kim@example.com", newPassword="alllowercase")
    account.press("Make the account")
    password = account.dialog.get_by_role("textbox", name="Password")
    expect(account.alert).to_contain_text("Password must")
    expect(password).to_be_focused()
    expect(password).to_have_attribute("aria-invalid", "true")
    account.fill(newPassword=PASSWORD)
    account.press("Make the account")
    expect(account.dialog.get_by_role("heading", name="Confirm your account")).to_be_visible()
    account.fill(code="000000" if account.code("kim") != "000000" else "111111")
    account.press("Confirm")
    expect(account.alert).to_have_text("This is not the code we sent. Check it, or ask for a new one.")


def test_a_forgotten_password_is_set_anew(account: AccountPage) -> None:
    account.sign_up("fay")
    account.sign_out()
    account.sign_in_button.click()
    account.press("Forgot your password?")
    account.fill(username="fay")
    account.press("Send the code")
    expect(account.dialog.get_by_role("heading", name="Set a new password")).to_be_visible()
    account.fill(code=account.code("fay"), newPassword="Another-34")
    account.press("Set the password")
    account.expect_user("fay")
    account.sign_out()
    account.sign_in("fay", PASSWORD)
    expect(account.alert).to_have_text("The user name or the password is wrong.")
    account.fill(password="Another-34")
    account.press("Sign in")
    account.expect_user("fay")


def test_a_user_whom_a_developer_added_chooses_a_password_first(account: AccountPage) -> None:
    deepify_user(account.app, "add", "uma", "--email", "uma@example.com", "--password", PASSWORD, "--group", "Editors")
    account.sign_in("uma")
    expect(account.dialog.get_by_role("heading", name="Choose your password")).to_be_visible()
    account.fill(newPassword="Another-34")
    account.press("Set the password")
    account.expect_user("uma")
    account.page.get_by_role("button", name="Your account, uma").click()
    expect(account.dialog.get_by_role("definition")).to_have_text(["Editors", "Editors"])


def test_a_user_changes_their_password_and_sees_who_they_are(account: AccountPage) -> None:
    account.sign_up("gil")
    account.page.get_by_role("button", name="Your account, gil").click()
    expect(account.dialog).to_contain_text("gil@example.com")
    expect(account.dialog.get_by_role("definition")).to_have_text(["authenticated", "none"])
    account.press("Change password")
    account.fill(password=PASSWORD, newPassword="Another-34")
    account.press("Change the password")
    expect(account.dialog.get_by_role("status")).to_have_text("Your password is changed.")
    account.press("Sign out")
    account.sign_in("gil", "Another-34")
    account.expect_user("gil")


def test_everything_by_keyboard(account: AccountPage) -> None:
    account.sign_up("hal")
    account.sign_out()
    page, keyboard = account.page, account.page.keyboard
    account.sign_in_button.focus()
    keyboard.press("Enter")
    expect(account.dialog.get_by_role("textbox", name="User name")).to_be_focused()
    keyboard.type("hal")
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Tab")
    expect(account.dialog.get_by_role("button", name="Show password")).to_be_focused()
    keyboard.press("Enter")
    expect(account.dialog.locator("[name=password]")).to_have_attribute("type", "text")
    keyboard.press("Enter")
    account.expect_user("hal")
    expect(page.get_by_role("button", name="Your account, hal")).to_be_focused()
    keyboard.press("Enter")
    expect(account.dialog.get_by_role("heading", name="Your account", exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(account.dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Your account, hal")).to_be_focused()


def test_two_tabs_are_one_user(account: AccountPage, new_tab: NewTab) -> None:
    other = AccountPage(new_tab(), account.app).open()
    account.sign_up("ivy")
    other.expect_user("ivy")
    assert other.identity() == account.identity()
    other.sign_out()
    expect(account.sign_in_button).to_be_visible()


def test_signing_out_everywhere_ends_the_session_in_other_browsers(account: AccountPage, browser: Browser) -> None:
    account.sign_up("joe")
    elsewhere = browser.new_context()
    try:
        other = AccountPage(elsewhere.new_page(), account.app).open()
        other.sign_in("joe")
        other.expect_user("joe")
        account.page.get_by_role("button", name="Your account, joe").click()
        account.press("Sign out everywhere")
        expect(account.sign_in_button).to_be_visible()
        other.page.reload()
        expect(other.sign_in_button).to_be_visible()
    finally:
        elsewhere.close()


def test_the_next_user_of_a_browser_is_somebody_else(account: AccountPage) -> None:
    visitor = account.identity()
    account.sign_up("kay")
    assert account.identity() == visitor, "what the visitor did is theirs"
    account.sign_out()
    account.page.wait_for_function("() => DeepFramework.Kernel.get('security').token !== null")
    assert account.identity() != visitor


def test_it_fits_a_small_screen_in_the_dark(account: AccountPage) -> None:
    page = account.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.emulate_media(color_scheme="dark")
    account.sign_in_button.click()
    for screen in ("Make an account", "Sign in", "Forgot your password?"):
        account.dialog.locator(".account-links").get_by_role("button", name=screen).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert account.dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")


def _fields(text: str) -> list[str]:
    return list(json.loads(text))
