"""Models are edited at random while rows are written, and the platform is killed in between: nothing is lost, and every finder answers right."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from deep.runtime.dynamodb import DynamoDb
from tests.contracts.schema_edits import Edits
from tests.fakes.tables import client_of

SEQUENCES = 300 if os.environ.get("DEEP_WHOLE") == "1" else 25
"""Every one is another; DEEP_WHOLE=1 runs all."""


@pytest.fixture(scope="module")
def client(dynoxide: str) -> Iterator[DynamoDb]:
    client = client_of(dynoxide)
    yield client
    client.close()


@pytest.mark.timeout(900)
def test_no_sequence_of_edits_loses_a_row(dynoxide: str, client: DynamoDb) -> None:
    kills = 0
    for seed in range(SEQUENCES):
        edits = Edits(seed, dynoxide, client)
        try:
            edits.run(8)
        except Exception as error:
            raise AssertionError(f"sequence {seed}: {error}") from error
        kills += edits.kills
    assert kills > SEQUENCES
