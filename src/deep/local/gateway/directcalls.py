"""Functions called by name rather than by path: the original framework's `/_/lambda`, which pages written for it call. Source: deep-2016 4.1.

Functions call each other through the door (`deep.local.door`), by Lambda's own Invoke API.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from deep.local.functions.outcome import Answer, Failure
from deep.local.gateway.guard import DIRECT, Guard
from deep.local.gateway.invoker import Invoker, invoked
from deep.local.gateway.routes import Route, Routes
from deep.local.http.reply import JSON_TYPE, Reply, json_reply, message_reply
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import Caller


class DirectCalls:
    """Serves direct invocations. Asynchronous ones are answered at once and finished by `drain`, at the latest."""

    def __init__(self, functions: Invoker, routes: Callable[[], Routes], faulted: Callable[[str, Failure], None]) -> None:
        self._functions = functions
        self._routes = routes
        self._faulted = faulted
        self._running: set[asyncio.Task[None]] = set()

    async def drain(self, seconds: float) -> None:
        """Waits up to `seconds` for asynchronous invocations that still run."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def original(self, request: HttpRequest, guard: Guard) -> Reply:
        """`POST /_/lambda` and `/_/lambda-async`: `{lambda, payload, method?}`. A function's error is a 200 with the error, as in the original.

        Signed for Lambda, since this stands in for Lambda's Invoke. Raises Refused.
        """
        try:
            call = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            return json_reply(400, {"errorType": "InvalidRequest", "errorMessage": f"The request is not JSON: {error}"})
        name = call.get("lambda") if isinstance(call, dict) else None
        route = self._routes().by_name.get(name) if isinstance(name, str) else None
        if route is None:
            return json_reply(404, {"errorType": "UnknownLambda", "errorMessage": f"Unknown Lambda {name}"})
        if not route.is_open:
            return message_reply(403, "This action may not be invoked directly; its scope is not public")
        caller = guard.admit(route, request, DIRECT)
        event = orjson.dumps(call.get("payload") or {})
        if request.path.endswith("-async"):
            self._start(route, event, caller)
            return Reply(202, [JSON_TYPE], b"null")
        outcome = await invoked(self._functions, route, event, caller)
        if isinstance(outcome, Answer):
            return Reply(200, [JSON_TYPE], outcome.payload)
        self._faulted(route.identifier, outcome)
        return json_reply(200, _error_of(outcome))

    def _start(self, route: Route, event: bytes, caller: Caller) -> None:
        task = asyncio.create_task(self._finish(route, event, caller))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _finish(self, route: Route, event: bytes, caller: Caller) -> None:
        outcome = await invoked(self._functions, route, event, caller)
        if isinstance(outcome, Failure):
            self._faulted(route.identifier, outcome)


def _error_of(failure: Failure) -> dict[str, Any]:
    fault = failure.fault
    return {"errorType": fault["errorType"], "errorMessage": fault["errorMessage"], "errorStack": "".join(fault.get("stackTrace", []))}
