"""The table client: what it retries, and what it makes of failures."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from deep.runtime.db.writes import Writer
from deep.runtime.dynamodb import DynamoDb, clock_skew_s
from deep.runtime.exceptions import ConflictError, DatabaseOperationError, InvalidArgumentError
from deep.runtime.retry import RetryPolicy
from deep.wire.sigv4 import Credentials
from tests.fakes.scripted import HANG_UP, ScriptedServer, http_answer, scripted

OK = http_answer(200, b'{"Item":{}}')


def failure(code: str, message: str = "no", status: int = 400, **more: object) -> bytes:
    return http_answer(status, json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **more}).encode())


def client_of(server: ScriptedServer, pauses: list[float] | None = None, now: float = 0) -> DynamoDb:
    told: Callable[[float], object] = (pauses if pauses is not None else []).append
    return DynamoDb(server.url, "us-east-1", Credentials("a", "b"), retry=RetryPolicy(sleep=told, random=lambda: 1.0), clock=lambda: now)


@pytest.mark.parametrize(
    ("first", "pause"),
    [
        (failure("ProvisionedThroughputExceededException"), 1.0),
        (failure("ThrottlingException"), 1.0),
        (failure("InternalServerError", status=500), 0.05),
        (http_answer(503, b"<html>"), 0.05),
        (HANG_UP, 0.05),
        (b"HTTP/1.1 nonsense\r\n\r\n", 0.05),
    ],
)
def test_transient_failures_are_tried_again(first: bytes, pause: float) -> None:
    """Parity 78."""
    pauses: list[float] = []
    with scripted(first, OK) as server:
        client = client_of(server, pauses)
        assert client.call("GetItem", {}) == {"Item": {}}
        client.close()
    assert pauses == [pause]


def test_three_attempts_with_growing_pauses() -> None:
    """Parity 78."""
    pauses: list[float] = []
    with scripted(*[failure("ThrottlingException", "slow down")] * 3) as server:
        client = client_of(server, pauses)
        with pytest.raises(DatabaseOperationError, match="slow down") as caught:
            client.call("GetItem", {})
        client.close()
    assert caught.value.code == "ThrottlingException"
    assert pauses == [1.0, 2.0]


def test_permanent_failures_are_not_retried() -> None:
    with scripted(failure("AccessDeniedException", "not you")) as server:
        client = client_of(server)
        with pytest.raises(DatabaseOperationError, match="AccessDeniedException: not you"):
            client.call("GetItem", {})
        client.close()
        assert len(server.requests) == 1


def test_refused_values_are_the_callers() -> None:
    with scripted(failure("ValidationException", "Item size has exceeded")) as server:
        client = client_of(server)
        with pytest.raises(InvalidArgumentError, match="Item size"):
            client.call("PutItem", {})
        client.close()


def test_the_quota_stops_a_storm_of_retries() -> None:
    policy = RetryPolicy(sleep=lambda seconds: None)
    assert sum(policy.may_retry(1) for _ in range(200)) == 100
    for _ in range(5):
        policy.succeeded()
    assert [policy.may_retry(1), policy.may_retry(1)] == [True, False]
    assert RetryPolicy().may_retry(3) is False


def test_pauses_are_jittered_within_their_bound() -> None:
    pauses: list[float] = []
    policy = RetryPolicy(sleep=pauses.append)
    for _ in range(200):
        policy.pause(2, throttled=False)
    assert all(0 <= pause <= 0.1 for pause in pauses)
    assert len(set(pauses)) > 100


def test_a_wrong_clock_is_said_plainly() -> None:
    answer = failure("InvalidSignatureException", "Signature expired").replace(
        b"Content-Length", b"Date: Mon, 01 Feb 2016 12:00:00 GMT\r\nContent-Length"
    )
    with scripted(answer) as server:
        client = client_of(server, now=1454328000 + 962)
        with pytest.raises(DatabaseOperationError, match="your clock is 16 min 2 s ahead of AWS"):
            client.call("GetItem", {})
        client.close()


def test_skew_needs_a_date_and_a_difference() -> None:
    assert clock_skew_s("Mon, 01 Feb 2016 12:00:00 GMT", 1454328000 - 600) == -600
    assert clock_skew_s("Mon, 01 Feb 2016 12:00:00 GMT", 1454328000 + 10) is None
    assert clock_skew_s("", 0) is None


@pytest.mark.parametrize(("stored_title", "is_ours"), [("x", True), ("y", False)])
def test_a_put_whose_answer_was_lost_is_recognised(stored_title: str, is_ours: bool) -> None:
    """Parity 78: the second attempt meets the first one's item."""
    stored = {"Id": {"S": "1"}, "Title": {"S": stored_title}}
    with scripted(HANG_UP, failure("ConditionalCheckFailedException", Item=stored)) as server:
        client = client_of(server)
        with nullcontext() if is_ours else pytest.raises(ConflictError):
            Writer(client, "Todo", "Todos").put_new({"Id": "1", "Title": "x"})
        client.close()
        assert len(server.requests) == 2


def test_an_update_whose_answer_was_lost_is_recognised() -> None:
    """Parity 78."""
    stored = {"Id": {"S": "1"}, "Rank": {"N": "2"}, "updatedAt": {"S": "now"}}
    with scripted(HANG_UP, failure("ConditionalCheckFailedException", Item=stored)) as server:
        client = client_of(server)
        assert Writer(client, "Todo", "Todos").update("1", {"Rank": 2, "updatedAt": "now"}, {"Rank": 1}) == stored
        client.close()


def test_the_same_item_of_another_caller_is_a_conflict() -> None:
    stored = {"Id": {"S": "lock"}}
    with scripted(failure("ConditionalCheckFailedException", Item=stored)) as server:
        client = client_of(server)
        with pytest.raises(ConflictError):
            Writer(client, "Lock", "Locks").put_new({"Id": "lock"})
        client.close()
