"""One server and one browser for all tests; a fresh browser profile and an empty table for each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deep.model import load_app
from deep.testing import LocalApp
from tests.browser.account_page import AccountPage, served, todo_with_accounts
from tests.browser.serving import copy_app, serving
from tests.browser.todo_page import TodoPage

_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Chromium must run as root in containers, and calls nobody."""

NewTab = Callable[[], Page]
REFUSAL = re.compile(r"the server responded with a status of 40[03]")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("the browser tests need Chromium on PATH (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=_CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def todo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApp]:
    path = copy_app("todo", tmp_path_factory.mktemp("property"))
    with serving(path) as url:
        yield LocalApp(load_app(path), path, url)


@pytest.fixture(scope="session")
def todo_url(todo_app: LocalApp) -> str:
    return todo_app.url


@pytest.fixture(scope="session")
def hello_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(copy_app("hello-world", tmp_path_factory.mktemp("property"))) as url:
        yield url


@pytest.fixture(scope="session")
def accounts_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApp]:
    with served(todo_with_accounts(tmp_path_factory.mktemp("property"))) as app:
        yield app


@pytest.fixture(scope="session")
def account_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sign-in microapplication as the only one of its property."""
    with serving(copy_app("account", tmp_path_factory.mktemp("property"))) as url:
        yield url


@pytest.fixture
def account(new_tab: NewTab, accounts_app: LocalApp, complaints: list[str]) -> Iterator[AccountPage]:
    """The Todo app with sign-in, open; nobody is signed in. Refusals, which Chromium notes as errors, are not held against the page."""
    yield AccountPage(new_tab(), accounts_app).open()
    complaints[:] = [told for told in complaints if not REFUSAL.search(told)]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile without history; its tabs share what they store."""
    profile = browser.new_context()
    profile.set_default_timeout(10_000)
    yield profile
    profile.close()


@pytest.fixture
def complaints() -> list[str]:
    """What pages say on the console as errors. A test that expects some clears the list; what is left fails it."""
    return []


@pytest.fixture
def new_tab(context: BrowserContext, complaints: list[str]) -> Iterator[NewTab]:
    def open_tab() -> Page:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_tab
    assert complaints == []


@pytest.fixture
def todo(new_tab: NewTab, todo_app: LocalApp) -> TodoPage:
    """The Todo app, open and empty."""
    _empty_table(todo_app)
    return TodoPage(new_tab(), todo_app.url).open()


def _empty_table(app: LocalApp) -> None:
    ids = [todo["Id"] for todo in app.client().call("deep.todo:task:retrieve").data]
    answer = app.client().call("deep.todo:task:deleteCompleted", ids)
    assert all(result["ok"] for result in answer.data["results"])
