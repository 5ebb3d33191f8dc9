"""What AWS answers, as values."""

from __future__ import annotations

from typing import Any

import pytest

from deep.provision.account.answers import change_set_of, settled


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


@pytest.mark.parametrize(
    ("status", "execution", "state"),
    [
        ("CREATE_IN_PROGRESS", "UNAVAILABLE", "making"),
        ("CREATE_COMPLETE", "AVAILABLE", "ready"),
        ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS", "executing"),
        ("CREATE_COMPLETE", "EXECUTE_COMPLETE", "done"),
        ("CREATE_COMPLETE", "EXECUTE_FAILED", "failed"),
        ("CREATE_COMPLETE", "OBSOLETE", "failed"),
        ("FAILED", "UNAVAILABLE", "failed"),
    ],
)
def test_a_change_set_is_in_one_of_five_states(status: str, execution: str, state: str) -> None:
    """CloudFormation API Reference, DescribeChangeSet: what failed is made anew by the deploy that finds it."""
    assert change_set_of("deep-1", {"Status": status, "ExecutionStatus": execution}).state == state
