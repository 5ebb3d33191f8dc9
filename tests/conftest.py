"""Fixtures of every room's tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.tables import dynoxide_binary, running_dynoxide

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def dynoxide() -> Iterator[str]:
    """The URL of a real table engine, one for the whole run; tests use tables of their own names."""
    binary = dynoxide_binary()
    if binary is None:
        pytest.fail("Dynoxide is missing: run `make setup`, or set DEEP_DYNOXIDE to its binary")
    with running_dynoxide(binary) as url:
        yield url


def pytest_configure() -> None:
    """Whoever starts tests in the background has them ignore Ctrl-C, and so would every command that they interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


ORDER = ("house", "unit", "contracts", "judges", "journeys", "apps", "browser")
"""Folders, quickest first. The browser comes last because Playwright leaves an event loop running in the thread it was used from."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: ORDER.index(next(part for part in item.path.relative_to(REPOSITORY).parts if part in ORDER)))
