"""What happens in an app that costs money, and what each costs in units: AWS's own rules of rounding, written here and nowhere else.

A plan foresees these events and a local run meets them; both are counted by `units_of`, so they cannot count differently.
"""

from __future__ import annotations

from typing import Literal, assert_never

from deep.cost.units import Units
from deep.frozen import dataclass

Architecture = Literal["arm64", "x86"]
CognitoPlan = Literal["lite", "essentials"]

API_STEP_BYTES = 512 * 1024
READ_STEP_BYTES = 4 * 1024
WRITE_STEP_BYTES = 1024
QUEUE_STEP_BYTES = 64 * 1024
LOG_EVENT_BYTES = 26
"""What CloudWatch Logs counts for each line beside its text."""
PLATFORM_LOG_LINES = 3
PLATFORM_LOG_BYTES = 290
"""Lambda's own lines of an invocation, START, END and REPORT: three, of about this much text together."""

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheck"})


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function ran. `duration_us` is its own time and `init_us` that of its start, if it was a cold one (billed since August 2025)."""

    duration_us: int
    memory_mb: int
    architecture: Architecture = "arm64"
    init_us: int = 0
    log_bytes: int = 0
    log_lines: int = 0


@dataclass(frozen=True, slots=True)
class TableCall:
    """An operation on items of one table, by DynamoDB's name. Operations on several items each rounded alone are several of these.

    `size_bytes` is the size of the item, or of all that a Query or Scan read together; of an update the larger of before and after. `index_bytes` are
    the sizes of what a write writes into indexes, one each. The parts of a transaction are `is_transactional`, and so is a ConditionCheck, which is
    counted as the write it may at most be.
    """

    operation: str
    size_bytes: int
    is_consistent: bool = False
    is_transactional: bool = False
    index_bytes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to the HTTP API, with the bytes of both bodies. `log_bytes` is its line in the access log, if any.

    It comes by way of CloudFront, which is the one origin that pages know.
    """

    request_bytes: int
    response_bytes: int
    log_bytes: int = 0


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """A file of the site went to a visitor. `is_from_edge`: CloudFront had it and did not ask S3."""

    size_bytes: int
    is_from_edge: bool = True


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """A rule of EventBridge started a function (whose invocation is counted by itself)."""


@dataclass(frozen=True, slots=True)
class ActiveUser:
    """A user signed in, or renewed a session, for the first time in the month."""

    plan: CognitoPlan = "lite"


@dataclass(frozen=True, slots=True)
class QueueCall:
    """A request to a queue: send, receive or delete."""

    size_bytes: int
    is_fifo: bool = False


Event = Invocation | TableCall | ApiRequest | SiteAnswer | ScheduledRun | ActiveUser | QueueCall


def units_of(event: Event) -> tuple[Units, ...]:
    """What the event is billed as. Raises ValueError for an operation on tables that has no price of its own."""
    match event:
        case Invocation():
            return _invocation(event)
        case TableCall():
            return (_table_call(event),)
        case ApiRequest():
            return _api_request(event)
        case SiteAnswer():
            read = () if event.is_from_edge else (Units("s3", "gets", 1),)
            asked = (Units("cloudfront", "requests", 1), Units("cloudfront", "functions", 1))
            return (*asked, Units("cloudfront", "transfer", event.size_bytes), *read)
        case ScheduledRun():
            return (Units("eventbridge", "scheduled-runs", 1),)
        case ActiveUser():
            return (Units("cognito", f"users-{event.plan}", 1),)
        case QueueCall():
            return (Units("sqs", "requests-fifo" if event.is_fifo else "requests", steps(event.size_bytes, QUEUE_STEP_BYTES)),)
        case _:
            assert_never(event)


def steps(size_bytes: int, step_bytes: int) -> int:
    """How many steps `size_bytes` are billed as: begun ones count, and nothing at all counts as one."""
    return max(1, -(-size_bytes // step_bytes))


def billed_ms(invocation: Invocation) -> int:
    """Milliseconds that Lambda bills: init and run together, rounded up."""
    return steps(invocation.duration_us + invocation.init_us, 1000)


def _invocation(event: Invocation) -> tuple[Units, ...]:
    logged = PLATFORM_LOG_BYTES + event.log_bytes + LOG_EVENT_BYTES * (PLATFORM_LOG_LINES + event.log_lines)
    return (
        Units("lambda", "requests", 1),
        Units("lambda", f"duration-{event.architecture}", billed_ms(event) * event.memory_mb),
        Units("logs", "ingested", logged),
    )


def _table_call(event: TableCall) -> Units:
    """Reads in half units: an eventually consistent 4 KB is one half, a consistent one two, one in a transaction four."""
    if event.operation in _READS:
        halves = 4 if event.is_transactional else 2 if event.is_consistent else 1
        return Units("dynamodb", "reads", steps(event.size_bytes, READ_STEP_BYTES) * halves)
    if event.operation in _WRITES:
        units = sum(steps(size, WRITE_STEP_BYTES) for size in (event.size_bytes, *event.index_bytes))
        return Units("dynamodb", "writes", units * (2 if event.is_transactional else 1))
    raise ValueError(f"{event.operation} is no operation on items")


def _api_request(event: ApiRequest) -> tuple[Units, ...]:
    """AWS says steps of 512 KB and not of what; both bodies together are never fewer than what is billed.

    What goes from AWS to CloudFront is free, what CloudFront sends on to an origin is not. Source: CloudFront pricing.
    """
    logged = event.log_bytes + LOG_EVENT_BYTES if event.log_bytes else 0
    return (
        Units("httpapi", "requests", steps(event.request_bytes + event.response_bytes, API_STEP_BYTES)),
        Units("cloudfront", "requests", 1),
        Units("cloudfront", "transfer", event.response_bytes),
        Units("cloudfront", "to-origin", event.request_bytes),
        Units("logs", "ingested", logged),
    )
