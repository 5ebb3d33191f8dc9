"""Fixtures of every room's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fakes.tables import dynoxide_binary, running_dynoxide


@pytest.fixture(scope="session")
def dynoxide() -> Iterator[str]:
    """The URL of a real table engine, one for the whole run; tests use tables of their own names."""
    binary = dynoxide_binary()
    if binary is None:
        pytest.fail("Dynoxide is missing: run `make setup`, or set DEEP_DYNOXIDE to its binary")
    with running_dynoxide(binary) as url:
        yield url
