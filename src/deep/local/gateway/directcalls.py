"""Functions called by name rather than by path: AWS Lambda's Invoke API, and the original framework's `/_/lambda`.

Functions themselves call the first (boto3 and backend-to-backend requests, pointed here by `AWS_ENDPOINT_URL_LAMBDA`); pages written for the original
call the second. Sources: AWS Lambda API reference, Invoke; deep-2016 4.1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import orjson

from deep.local.functions.outcome import Answer, Failure
from deep.local.gateway.guard import DIRECT, Guard
from deep.local.gateway.invoker import Invoker, invoked
from deep.local.gateway.routes import Route, Routes
from deep.local.http.reply import JSON_TYPE, Reply, json_reply, message_reply
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import Caller

INVOKE_PREFIX = "/2015-03-31/functions/"
INVOKE_SUFFIX = "/invocations"

_AWS_STATUS = {
    "ResourceNotFoundException": 404,
    "InvalidRequestContentException": 400,
    "InvalidParameterValueException": 400,
    "TooManyRequestsException": 429,
}


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

    async def aws(self, request: HttpRequest, caller: Caller) -> Reply:
        """`POST /2015-03-31/functions/<name or ARN>/invocations`."""
        name = request.path.removeprefix(INVOKE_PREFIX).removesuffix(INVOKE_SUFFIX)
        route = self._routes().by_name.get(unquote(name))
        if route is None:
            return _aws_error("ResourceNotFoundException", f"Function not found: {name}")
        event = await request.body() or b"{}"
        if not _is_json(event):
            return _aws_error("InvalidRequestContentException", "Could not parse request body into json")
        match request.headers.get("x-amz-invocation-type", "RequestResponse"):
            case "RequestResponse":
                return await self._aws_invoke(route, event, caller)
            case "Event":
                self._start(route, event, caller)
                return Reply(202, [JSON_TYPE], b"")
            case "DryRun":
                return Reply(204, [], b"")
            case other:
                return _aws_error("InvalidParameterValueException", f"Unknown invocation type {other}")

    async def original(self, request: HttpRequest, guard: Guard) -> Reply:
        """`POST /_/lambda` and `/_/lambda-async`: `{lambda, payload, method?}`. A function's error is a 200 with the error, as in the original.

        Signed for Lambda, since this stands in for Lambda's Invoke. Raises Refused.
        """
        body = await request.body()
        try:
            call = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return json_reply(400, {"errorType": "InvalidRequest", "errorMessage": f"The request is not JSON: {error}"})
        name = call.get("lambda") if isinstance(call, dict) else None
        route = self._routes().by_name.get(name) if isinstance(name, str) else None
        if route is None:
            return json_reply(404, {"errorType": "UnknownLambda", "errorMessage": f"Unknown Lambda {name}"})
        if not route.is_open:
            return message_reply(403, "This action may not be invoked directly; its scope is not public")
        caller = guard.admit(route, request, body, DIRECT)
        event = orjson.dumps(call.get("payload") or {})
        if request.path.endswith("-async"):
            self._start(route, event, caller)
            return Reply(202, [JSON_TYPE], b"null")
        outcome = await invoked(self._functions, route, event, caller)
        if isinstance(outcome, Answer):
            return Reply(200, [JSON_TYPE], outcome.payload)
        self._faulted(route.identifier, outcome)
        return json_reply(200, _error_of(outcome))

    async def _aws_invoke(self, route: Route, event: bytes, caller: Caller) -> Reply:
        outcome = await invoked(self._functions, route, event, caller)
        version = (b"x-amz-executed-version", b"$LATEST")
        if isinstance(outcome, Answer):
            return Reply(200, [JSON_TYPE, version], outcome.payload)
        self._faulted(route.identifier, outcome)
        if outcome.kind == "throttled":
            return _aws_error("TooManyRequestsException", "Rate Exceeded.")
        return Reply(200, [JSON_TYPE, version, (b"x-amz-function-error", b"Unhandled")], orjson.dumps(outcome.fault))

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


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _aws_error(error_type: str, message: str) -> Reply:
    body = orjson.dumps({"Type": "User", "Message": message})
    return Reply(_AWS_STATUS[error_type], [JSON_TYPE, (b"x-amzn-errortype", error_type.encode())], body)
