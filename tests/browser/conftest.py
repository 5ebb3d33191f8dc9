"""One server and one browser for all tests; a fresh browser profile and an empty table for each."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deep.model import load_app
from deep.testing import LocalApp
from tests.browser.account_page import AccountPage, DeployedAccountPage, served, todo_with_accounts
from tests.browser.serving import copy_app, serving
from tests.browser.todo_page import TodoPage
from tests.judges.calling import TASK, Caller, Request, local_caller
from tests.judges.deployed import DeployedApp, deployed

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

WHOLE = "DEEP_WHOLE" in os.environ
DEPLOYED = (
    "test_adding_new_task",
    "test_page_reopening",
    "test_sign_up_confirm_by_code_sign_out_sign_in",
    "test_clear_completed",
    "test_reload_keeps_titles_order_and_state",
)
"""Tests that always run against what is deployed, too; with DEEP_WHOLE all of the Todo page do."""

NewTab = Callable[[], Page]
REFUSAL = re.compile(r"the server responded with a status of 40[03]")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of pages say nothing of where the app runs: each runs locally, and some deployed."""
    if {"todo", "account"} & set(metafunc.fixturenames):
        name = metafunc.definition.name
        is_deployed = name in DEPLOYED or (WHOLE and "todo" in metafunc.fixturenames)
        metafunc.parametrize("place", ("local", "deployed") if is_deployed else ("local",), indirect=True)


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
def deployed_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedApp]:
    folder = tmp_path_factory.mktemp("deployed")
    with deployed(copy_app("todo", folder), folder) as app:
        yield app


@pytest.fixture(scope="session")
def deployed_accounts_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedApp]:
    folder = tmp_path_factory.mktemp("deployed")
    with deployed(todo_with_accounts(folder), folder) as app:
        yield app


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str:
    """Where the app runs that a test opens: on this machine, unless told."""
    return str(getattr(request, "param", "local"))


@pytest.fixture
def way(request: pytest.FixtureRequest, place: str) -> dict[str, Any]:
    """How a browser profile gets there. Deployed, every name of AWS is found at the edge, with a certificate that nobody vouches for."""
    if place == "local":
        return {}
    app: DeployedApp = request.getfixturevalue("deployed_accounts_app" if "account" in request.fixturenames else "deployed_app")
    return {"proxy": {"server": app.edge.proxy}, "ignore_https_errors": True}


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
def account(request: pytest.FixtureRequest, new_tab: NewTab, place: str, complaints: list[str]) -> Iterator[AccountPage]:
    """The Todo app with sign-in, open; nobody is signed in. Refusals, which Chromium notes as errors, are not held against the page."""
    make = AccountPage if place == "local" else DeployedAccountPage
    yield make(new_tab(), request.getfixturevalue("accounts_app" if place == "local" else "deployed_accounts_app")).open()
    complaints[:] = [told for told in complaints if not REFUSAL.search(told)]


@pytest.fixture
def context(browser: Browser, way: dict[str, Any]) -> Iterator[BrowserContext]:
    """A browser profile without history; its tabs share what they store."""
    profile = browser.new_context(**way)
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
def todo(request: pytest.FixtureRequest, new_tab: NewTab, place: str) -> TodoPage:
    """The Todo app, open and empty."""
    app: LocalApp | DeployedApp = request.getfixturevalue("todo_app" if place == "local" else "deployed_app")
    _empty_table(app.caller() if isinstance(app, DeployedApp) else local_caller(app))
    return TodoPage(new_tab(), app.url).open()


def _empty_table(visitor: Caller) -> None:
    ids = [todo["Id"] for todo in json.loads(visitor.ask(Request("GET", f"{TASK}/retrieve")).body)]
    answer = json.loads(visitor.call("POST", f"{TASK}/deleteCompleted", ids).body)
    assert all(result["ok"] for result in answer["results"])
