"""What AWS answers, as values."""

from __future__ import annotations

from typing import Any

import pytest

from deep.provision.answers import settled


@pytest.mark.parametrize(
    ("told", "is_settled"),
    [
        ({"TableStatus": "ACTIVE"}, True),
        ({"TableStatus": "UPDATING"}, False),
        ({"TableStatus": "ACTIVE", "GlobalSecondaryIndexes": [{"IndexStatus": "ACTIVE"}]}, True),
        ({"TableStatus": "ACTIVE", "GlobalSecondaryIndexes": [{"IndexStatus": "ACTIVE"}, {"IndexStatus": "CREATING"}]}, False),
        ({"TableStatus": "ACTIVE", "GlobalSecondaryIndexes": [{"IndexName": "some emulators say no more"}]}, True),
    ],
)
def test_a_table_is_settled_when_all_of_it_is(told: dict[str, Any], is_settled: bool) -> None:
    assert settled(told) is is_settled
