"""Functions without processes: an Invoker whose functions are Python callables in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deep.local.functions.functions import UnknownFunction
from deep.local.functions.outcome import Answer, Failure, Outcome


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation as the fake saw it."""

    identifier: str
    event: Any
    identity_id: str | None
    request_id: str | None


@dataclass(slots=True)
class FakeFunctions:
    """`handlers` map identifiers to callables: event in, JSON value out. A callable may return an Outcome, or raise, which is a `fault`.

    With `breaks` on, invoking raises what no invoker should.
    """

    handlers: Mapping[str, Callable[[Any], Any]]
    delay_s: float = 0.0
    breaks: bool = False
    calls: list[Call] = field(default_factory=list)

    def invoke(self, identifier: str, event: bytes, *, identity_id: str | None = None, request_id: str | None = None) -> asyncio.Future[Outcome]:
        if self.breaks:
            raise RuntimeError("planted")
        if identifier not in self.handlers:
            raise UnknownFunction(identifier)
        document = json.loads(event)
        self.calls.append(Call(identifier, document, identity_id, request_id))
        return asyncio.ensure_future(self._outcome(identifier, document))

    async def _outcome(self, identifier: str, document: Any) -> Outcome:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        try:
            result = self.handlers[identifier](document)
        except Exception as error:  # noqa: BLE001 - functions raise what they like
            return Failure({"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": []}, "fault")
        if isinstance(result, Answer | Failure):
            return result
        return Answer(json.dumps(result).encode(), None, 1.0)
