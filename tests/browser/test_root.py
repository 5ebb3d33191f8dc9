"""The page around the microapplications."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewTab


def test_microapplications_get_a_host_each(new_tab: NewTab, hello_url: str) -> None:
    page = new_tab()
    page.goto(hello_url)
    expect(page.locator("main#app > [data-microapp='deep.helloworld'] form")).to_be_visible()
    expect(page.locator("main#app")).not_to_have_attribute("aria-busy", "true")


def test_a_microapplication_that_does_not_load_is_told_of(new_tab: NewTab, hello_url: str, complaints: list[str]) -> None:
    page = new_tab()
    page.route("**/deep.helloworld/bootstrap.js*", lambda route: route.abort())
    page.goto(hello_url)
    expect(page.get_by_role("alert")).to_contain_text("deep.helloworld could not start")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    complaints.clear()  # the browser and the page both note it


def test_a_page_without_its_library_says_so(new_tab: NewTab, hello_url: str, complaints: list[str]) -> None:
    page = new_tab()
    page.route("**/js/lib/deep-framework.js*", lambda route: route.abort())
    page.goto(hello_url)
    expect(page.get_by_role("alert")).to_contain_text("This app could not start")
    complaints.clear()  # the browser and the page both note it
