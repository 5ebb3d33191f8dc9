"""The request log tells every request, until there are too many to read."""

from __future__ import annotations

import asyncio

from deep.local.gateway.requestlog import MOST_PER_FLUSH, RequestLog
from deep.local.reporter import RequestLine
from tests.fakes.reporter import RecordingReporter


def line(status: int = 200) -> RequestLine:
    return RequestLine("GET", "/x", status, 1.4)


async def test_nothing_is_told_on_the_requests_path_and_all_soon_after() -> None:
    reporter = RecordingReporter()
    log = RequestLog(reporter)
    await log.start()
    log.note(line())
    assert reporter.requests == []
    await asyncio.sleep(0.25)
    assert len(reporter.requests) == 1
    log.note(line())
    await log.stop()
    assert len(reporter.requests) == 2


def test_a_flood_is_counted_and_its_errors_are_told() -> None:
    reporter = RecordingReporter()
    log = RequestLog(reporter)
    for number in range(1000):
        log.note(line(502 if number == 700 else 200))
    log.flush()
    assert [told.status for told in reporter.requests] == [502]
    assert reporter.steps == ["... and 999 more requests"]


def test_a_flood_without_errors_shows_a_few() -> None:
    reporter = RecordingReporter()
    log = RequestLog(reporter)
    for _ in range(MOST_PER_FLUSH + 1):
        log.note(line())
    log.flush()
    assert 0 < len(reporter.requests) < MOST_PER_FLUSH


def test_a_line_reads_well() -> None:
    told = RequestLine("POST", "/deep-todo/task/create", 200, 31.6, "deep.todo:task:create", cold=True)
    assert str(told) == "POST   /deep-todo/task/create  200  32 ms  deep.todo:task:create  (cold)"
    assert str(line()) == "GET    /x  200  1 ms"
