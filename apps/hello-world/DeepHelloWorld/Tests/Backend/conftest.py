"""The microservice as it really runs: this property on the local platform, on tables of its own, called by a visitor."""

from pathlib import Path

import pytest
from deep.testing import serve

PROPERTY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def say_hello():
    """Calls `deep.helloworld:sample:say-hello` as the page does -> (status, data)."""
    with serve(PROPERTY) as app:
        visitor = app.client()

        def call(payload):
            answer = visitor.call("deep.helloworld:sample:say-hello", payload)
            return answer.status, answer.data

        yield call
