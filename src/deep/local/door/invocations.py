"""Lambda's Invoke at the door: functions call functions as they do when deployed. Source: AWS Lambda API Reference, "Invoke"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol
from urllib.parse import unquote

import orjson

from deep.local.door.call import Call
from deep.local.door.policies import Worker
from deep.local.door.wording import Refused
from deep.local.functions.functions import UnknownFunction
from deep.local.functions.outcome import Answer, Failure, Outcome
from deep.local.http.reply import JSON_TYPE, Reply
from deep.wire.invocation import Fault

PREFIX = "/2015-03-31/functions/"
SUFFIX = "/invocations"
_VERSION = (b"x-amz-executed-version", b"$LATEST")


class Invoker(Protocol):
    """Runs functions: `deep.local.functions.Functions`."""

    def invoke(self, identifier: str, event: bytes, *, identity_id: str | None = None, request_id: str | None = None) -> asyncio.Future[Outcome]: ...


class Invocations:
    """Serves Invoke. Asynchronous invocations are answered at once and finished by `drain`, at the latest.

    A function called by a function is told no identity, as in Lambda: who called the first is for the first to pass on, in the payload.
    """

    def __init__(self, functions: Callable[[], Invoker], identity: Callable[[Worker], str | None], faulted: Callable[[str, Failure], None]) -> None:
        """`identity` is who the invoked function is told to be called by; `faulted` hears of invocations that failed."""
        self._functions = functions
        self._identity = identity
        self._faulted = faulted
        self._running: set[asyncio.Task[None]] = set()

    async def serve(self, call: Call) -> Reply:
        path = call.asked.raw_path
        if not (path.startswith(PREFIX) and path.endswith(SUFFIX) and call.asked.method == "POST"):
            raise Refused("NotImplemented", "the local platform's Lambda knows Invoke alone", 501)
        name = unquote(path.removeprefix(PREFIX).removesuffix(SUFFIX))
        identifier = call.policies.functions.get(name.removesuffix(":$LATEST"))
        call.need("lambda:InvokeFunction", self._arn(call, identifier, name))
        if identifier is None:
            raise Refused("ResourceNotFoundException", f"Function not found: {name}", 404)
        event = call.asked.body or b"{}"
        if not _is_json(event):
            raise Refused("InvalidRequestContentException", "Could not parse request body into json")
        identity_id = self._identity(call.worker)
        match call.asked.headers.get("x-amz-invocation-type", "RequestResponse"):
            case "RequestResponse":
                return self._reply(identifier, await self._invoked(identifier, event, identity_id))
            case "Event":
                self._start(identifier, event, identity_id)
                return Reply(202, [JSON_TYPE], b"")
            case "DryRun":
                return Reply(204, [], b"")
            case other:
                raise Refused("InvalidParameterValueException", f"Unknown invocation type {other}")

    async def drain(self, seconds: float) -> None:
        """Waits up to `seconds` for asynchronous invocations that still run."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    @staticmethod
    def _arn(call: Call, identifier: str | None, name: str) -> str:
        if identifier is not None:
            return call.policies.names.function_arn(identifier)
        names = call.policies.names
        return name if name.startswith("arn:") else f"arn:{names.partition}:lambda:{names.region}:{names.account_id}:function:{name}"

    async def _invoked(self, identifier: str, event: bytes, identity_id: str | None) -> Outcome:
        try:
            return await self._functions().invoke(identifier, event, identity_id=identity_id)
        except UnknownFunction:
            message = f"{identifier} is not run by this platform; functions in Python are"
            return Failure(Fault(errorType="Runtime.Unsupported", errorMessage=message), "init")

    def _reply(self, identifier: str, outcome: Outcome) -> Reply:
        if isinstance(outcome, Answer):
            return Reply(200, [JSON_TYPE, _VERSION], outcome.payload)
        self._faulted(identifier, outcome)
        if outcome.kind == "throttled":
            raise Refused("TooManyRequestsException", "Rate Exceeded.", 429)
        return Reply(200, [JSON_TYPE, _VERSION, (b"x-amz-function-error", b"Unhandled")], orjson.dumps(outcome.fault))

    def _start(self, identifier: str, event: bytes, identity_id: str | None) -> None:
        task = asyncio.create_task(self._finish(identifier, event, identity_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _finish(self, identifier: str, event: bytes, identity_id: str | None) -> None:
        outcome = await self._invoked(identifier, event, identity_id)
        if isinstance(outcome, Failure):
            self._faulted(identifier, outcome)


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
