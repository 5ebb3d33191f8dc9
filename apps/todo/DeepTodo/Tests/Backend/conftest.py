"""The microservices as they really run: this property on the local platform, on tables of its own, called by a visitor."""

from pathlib import Path

import pytest
from deep.testing import serve

PROPERTY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def app():
    with serve(PROPERTY) as app:
        yield app


@pytest.fixture(scope="session")
def task(app):
    """Calls an action of `deep.todo:task` as the page does: `task("POST", "create", {...})` -> (status, data)."""
    visitor = app.client()

    def call(method, action, payload):
        answer = visitor.call(f"deep.todo:task:{action}", payload, method)
        return answer.status, answer.data

    return call


@pytest.fixture
def todo(task):
    """A stored todo."""
    return task("POST", "create", {"Title": "milk"})[1]
