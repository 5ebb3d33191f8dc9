"""The request log, off the request's path: answering costs an append, telling happens in batches a moment later."""

from __future__ import annotations

import asyncio

from deep.local.reporter import Reporter, RequestLine

FLUSH_S = 0.1
MOST_PER_FLUSH = 40
"""Lines told per flush. A load test makes thousands a second, and printing them would be what it measures: errors come first, the rest counted."""


class RequestLog:
    """Collects answered requests and passes them to the reporter. `start` and `stop` run its flushing; `flush` does it once."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._lines: list[RequestLine] = []
        self._faults: list[tuple[str, str]] = []
        self._flushing: asyncio.Task[None] | None = None

    def note(self, line: RequestLine) -> None:
        """Remembers an answered request. Called on the request's path."""
        self._lines.append(line)

    def fault(self, function: str, why: str) -> None:
        """Remembers why a function's call failed."""
        self._faults.append((function, why))

    async def start(self) -> None:
        self._flushing = asyncio.create_task(self._flush_often())

    async def stop(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        self.flush()

    def flush(self) -> None:
        """Tells everything remembered so far."""
        lines, self._lines = self._lines, []
        faults, self._faults = self._faults, []
        for function, why in faults[:MOST_PER_FLUSH]:
            self._reporter.log(function, why)
        told = lines if len(lines) <= MOST_PER_FLUSH else self._worth_telling(lines)
        for line in told:
            self._reporter.request(line)
        if len(told) < len(lines):
            self._reporter.step(f"... and {len(lines) - len(told):,} more requests")

    @staticmethod
    def _worth_telling(lines: list[RequestLine]) -> list[RequestLine]:
        errors = [line for line in lines if line.status >= 500][:MOST_PER_FLUSH]
        return errors or lines[: MOST_PER_FLUSH // 4]

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            if self._lines or self._faults:
                self.flush()
