"""AWS's rules of rounding: what each event is billed as."""

from __future__ import annotations

import pytest

from deep.cost.book import published_book
from deep.cost.events import ActiveUser, ApiRequest, Event, Invocation, QueueCall, ScheduledRun, SiteAnswer, TableCall, units_of

KB = 1024


def told(event: Event) -> dict[str, int]:
    return {one.key: one.quantity for one in units_of(event) if one.quantity}


@pytest.mark.parametrize(
    ("duration_us", "init_us", "billed_ms"),
    [(1, 0, 1), (1_000, 0, 1), (1_001, 0, 2), (99_001, 0, 100), (0, 0, 1), (1_500, 400_100, 402)],
)
def test_a_function_is_billed_by_the_begun_millisecond_its_start_included(duration_us: int, init_us: int, billed_ms: int) -> None:
    assert told(Invocation(duration_us, 128, init_us=init_us))["lambda.duration-arm64"] == billed_ms * 128


def test_an_invocation_is_a_request_and_writes_lambdas_own_three_lines() -> None:
    assert told(Invocation(1, 128, "x86")) == {"lambda.requests": 1, "lambda.duration-x86": 128, "logs.ingested": 290 + 3 * 26}
    assert told(Invocation(1, 128, log_bytes=100, log_lines=2))["logs.ingested"] == 290 + 100 + 5 * 26


@pytest.mark.parametrize(
    ("size_bytes", "is_consistent", "is_transactional", "halves"),
    [
        (0, False, False, 1),
        (1, False, False, 1),
        (4 * KB, False, False, 1),
        (4 * KB + 1, False, False, 2),
        (4 * KB, True, False, 2),
        (9 * KB, True, False, 6),
        (4 * KB, True, True, 4),
        (5 * KB, False, True, 8),
    ],
)
def test_reads_count_begun_4_kb_in_half_units(size_bytes: int, *, is_consistent: bool, is_transactional: bool, halves: int) -> None:
    """Half a unit eventually consistent, one consistent, two in a transaction."""
    for operation in ("GetItem", "Query", "Scan", "BatchGetItem"):
        assert told(TableCall(operation, size_bytes, is_consistent, is_transactional)) == {"dynamodb.reads": halves}


@pytest.mark.parametrize(
    ("size_bytes", "is_transactional", "index_bytes", "units"),
    [(0, False, (), 1), (KB, False, (), 1), (KB + 1, False, (), 2), (KB + 1, True, (), 4), (500, False, (500, 500), 3), (500, True, (1500,), 6)],
)
def test_writes_count_begun_kb_once_more_for_each_index_twice_in_transactions(
    size_bytes: int, *, is_transactional: bool, index_bytes: tuple[int, ...], units: int
) -> None:
    for operation in ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheck"):
        call = TableCall(operation, size_bytes, is_transactional=is_transactional, index_bytes=index_bytes)
        assert told(call) == {"dynamodb.writes": units}


@pytest.mark.parametrize(("sent", "got", "requests"), [(0, 0, 1), (200 * KB, 312 * KB, 1), (200 * KB, 312 * KB + 1, 2), (0, 5 * 1024 * KB, 10)])
def test_requests_to_the_api_count_begun_512_kb(sent: int, got: int, requests: int) -> None:
    counted = told(ApiRequest(sent, got))
    assert counted.pop("httpapi.requests") == requests
    by_way_of_cloudfront = {"cloudfront.requests": 1, "cloudfront.transfer": got, "cloudfront.to-origin": sent}
    assert counted == {unit: number for unit, number in by_way_of_cloudfront.items() if number}


def test_the_other_events() -> None:
    assert told(ApiRequest(1, 1, log_bytes=250))["logs.ingested"] == 276
    assert told(SiteAnswer(10)) == {"cloudfront.requests": 1, "cloudfront.functions": 1, "cloudfront.transfer": 10}
    assert told(SiteAnswer(10, is_from_edge=False)) == told(SiteAnswer(10)) | {"s3.gets": 1}
    assert told(ScheduledRun()) == {"eventbridge.scheduled-runs": 1}
    assert told(ActiveUser("lite")) == {"cognito.users-lite": 1}
    assert told(QueueCall(64 * KB)) == {"sqs.requests": 1}
    assert told(QueueCall(64 * KB + 1, is_fifo=True)) == {"sqs.requests-fifo": 2}


def test_what_is_no_operation_on_items_has_no_units() -> None:
    with pytest.raises(ValueError, match="DescribeTable is no operation on items"):
        units_of(TableCall("DescribeTable", 1))


EVERY_KIND: tuple[Event, ...] = (
    Invocation(1, 128),
    Invocation(1, 128, "x86"),
    TableCall("GetItem", 1),
    TableCall("PutItem", 1),
    ApiRequest(1, 1, 1),
    SiteAnswer(1, is_from_edge=False),
    ScheduledRun(),
    ActiveUser("lite"),
    ActiveUser("essentials"),
    QueueCall(1),
    QueueCall(1, is_fifo=True),
)


@pytest.mark.parametrize("region", published_book().regions)
def test_everything_that_is_counted_is_in_the_book(region: str) -> None:
    held = published_book().tariffs[region]
    assert {one.key for event in EVERY_KIND for one in units_of(event)} - held.keys() == set()
