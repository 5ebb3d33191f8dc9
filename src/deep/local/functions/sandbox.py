"""One sandbox: a process that runs one function, one invocation at a time, and answers over a private socket.

The process is `python -m deep.runtime` with a scrubbed environment; its standard output is only log. It is killed with all its children at its
deadline, when it outgrows its memory, and when it misuses the socket.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from functools import lru_cache
from json import dumps, loads
from typing import Literal, Protocol, cast

from deep.local.engines.child import Child, Watcher
from deep.local.functions import outcome
from deep.local.functions.launching import FunctionSpec, Workshop, launch_of, used_bytes
from deep.local.functions.outcome import Answer, Failure, FailureKind, Outcome
from deep.wire import frames
from deep.wire.invocation import Fault

INIT_LIMIT_S = 10.0
"""Lambda's limit of a function's initialisation (AWS Lambda quotas)."""
SILENCE_S = 0.05
"""How long a process may live on after it closed its socket: exits are told with their code, which comes a moment later."""
_OUT_OF_MEMORY = ("Runtime.OutOfMemory", "MemoryError")


class Call:
    """An invocation on its way: what to run, and the future its outcome arrives in."""

    __slots__ = ("arrived", "event", "future", "identity_id", "init_ms", "request_id")

    def __init__(self, event: bytes, request_id: str, identity_id: str | None, future: asyncio.Future[Outcome]) -> None:
        self.event = event
        self.request_id = request_id
        self.identity_id = identity_id
        self.future = future
        self.arrived = time.monotonic()
        self.init_ms: float | None = None

    def settle(self, result: Outcome) -> None:
        """A caller that went away has cancelled the future; its outcome is dropped."""
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, kind: FailureKind, fault: Fault, duration_ms: float = 0.0) -> None:
        self.settle(Failure(fault, kind, self.init_ms, duration_ms))


class Owner(Protocol):
    """Whom a sandbox tells of itself: its pool."""

    def on_free(self, sandbox: Sandbox) -> None:
        """It is ready for an invocation: for its first, or for the next."""

    def on_gone(self, sandbox: Sandbox, init_failure: Failure | None) -> None:
        """Its process ended. `init_failure` when it never became ready."""


class Sandbox(asyncio.Protocol):
    """A process from its start to its end. `state` moves one way, but for ready <-> busy."""

    def __init__(self, spec: FunctionSpec, owner: Owner, generation: int) -> None:
        self.spec = spec
        self.generation = generation
        self.state: Literal["starting", "ready", "busy", "ended"] = "starting"
        self.served = 0
        self.init_ms = 0.0
        self.since = time.monotonic()
        self._owner = owner
        self._child: Child | None = None
        self._transport: asyncio.Transport | None = None
        self.call: Call | None = None
        self._verdict: Failure | None = None
        self._buffer = bytearray()
        self._head_prefix = f'{{"functionArn":{dumps(spec.arn)},"requestId":"'

    async def start(self, workshop: Workshop) -> None:
        """Starts the process. Never raises: whatever stands in the way is told to the owner as an init failure."""
        ours, theirs = socket.socketpair()
        try:
            watcher = Watcher(lambda line: workshop.on_log(self.spec.identifier, line), self._on_exit)
            self._child = workshop.household.start(launch_of(self.spec, workshop.layer, theirs.fileno()), watcher)
        except OSError as error:
            ours.close()
            self._verdict = Failure(outcome.not_started(error), "init")
            self._end()
            return
        finally:
            theirs.close()
        ours.setblocking(False)
        transport, _ = await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=ours)
        if self._child.returncode is not None:
            transport.abort()

    def begin(self, call: Call) -> None:
        """Sends an invocation to a ready process; its deadline starts now."""
        if self._transport is None:
            raise RuntimeError("begin() before the process was ready")
        if not self.served and call.arrived < self.since:
            call.init_ms = self.init_ms  # it waited for this start
        self.served += 1
        self.state = "busy"
        self.since = time.monotonic()
        self.call = call
        self._transport.write(frames.pack_invoke(self._head(call), call.event))

    def check(self, now: float, *, weigh: bool) -> None:
        """Called many times a second while starting or busy: kills what is past its deadline and, if `weigh`, what has outgrown its memory."""
        used_s = now - self.since
        if self.state == "starting" and used_s > INIT_LIMIT_S:
            self._condemn(Failure(outcome.init_timed_out(INIT_LIMIT_S), "init"))
        elif self.state == "busy" and self.call is not None:
            if used_s >= self.spec.timeout_s:
                self._condemn(self._failure("timeout", outcome.timed_out(self.call.request_id, self.spec.timeout_s)))
            elif weigh and self._child is not None and used_bytes(self._child.pid) > self.spec.memory_mb * 1024 * 1024:
                self._condemn(self._failure("memory", outcome.out_of_memory(self.call.request_id, self.spec.memory_mb)))

    def kill(self) -> None:
        """Ends the process now; an invocation under way fails."""
        self.state = "ended" if self.state == "ready" else self.state
        if self._child is not None:
            self._child.kill()

    async def ended(self) -> None:
        """Until the process is gone."""
        if self._child is not None:
            await self._child.wait()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Taken here and not where `start` waits for it: a quick process is ready, and asked, before that wait is over."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._verdict is not None:
            return
        buffer = self._buffer
        if not buffer and len(data) >= frames.HEADER_SIZE:
            kind, length = frames.unpack_header(data)
            if len(data) == frames.HEADER_SIZE + length and length <= frames.MAX_PAYLOAD_BYTES:
                self._on_frame(kind, data[frames.HEADER_SIZE :])  # a whole frame and nothing else, as a usual answer comes
                return
        buffer += data
        while len(buffer) >= frames.HEADER_SIZE:
            kind, length = frames.unpack_header(bytes(buffer[: frames.HEADER_SIZE]))
            if length > frames.MAX_PAYLOAD_BYTES:
                self._on_oversized(kind)
                return
            end = frames.HEADER_SIZE + length
            if len(buffer) < end:
                return
            payload = bytes(buffer[frames.HEADER_SIZE : end])
            del buffer[:end]
            self._on_frame(kind, payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Usually the process has ended, which is noticed a moment later with its return code; a process that only closed the socket is of no use."""
        if self._child is not None and self._child.returncode is None:
            asyncio.get_running_loop().call_later(SILENCE_S, self._on_silence)

    # --- what arrives ---

    def _on_frame(self, kind: int, payload: bytes) -> None:
        if kind == frames.RESULT and self.state == "busy":
            self._finish(Answer(payload, self._init_ms(), self._used_ms()))
        elif kind == frames.FAULT and self.state == "busy":
            self._on_fault(payload)
        elif kind == frames.READY and self.state == "starting":
            self.init_ms = self._used_ms()
            self._free()
        elif kind == frames.INIT_FAULT and self.state == "starting":
            self._condemn(Failure(_fault_of(payload), "init", self._used_ms()))
        else:
            self._on_silence()

    def _on_fault(self, payload: bytes) -> None:
        fault = _fault_of(payload)
        call = self.call
        if fault["errorType"] in _OUT_OF_MEMORY and call is not None:
            self._condemn(self._failure("memory", outcome.out_of_memory(call.request_id, self.spec.memory_mb)))
        elif fault["errorType"] == "Function.ResponseSizeTooLarge":
            self._finish(self._failure("too-large", fault))
        else:
            self._finish(self._failure("fault", fault))

    def _on_oversized(self, kind: int) -> None:
        if kind == frames.RESULT and self.state == "busy":
            self._condemn(self._failure("too-large", outcome.result_too_large()))
        else:
            self._on_silence()

    def _on_silence(self) -> None:
        """The socket was closed or misused while the process lives."""
        if self._child is None or self._child.returncode is not None:
            return
        fault = outcome.channel_lost(self.call.request_id if self.call else "-")
        self._condemn(self._failure("exit" if self.call else "init", fault))

    def _on_exit(self, returncode: int) -> None:
        if self._verdict is None:
            fault = outcome.exited(self.call.request_id if self.call else "-", returncode)
            self._verdict = self._failure("exit" if self.call else "init", fault)
        self._end()

    # --- moving on ---

    def _finish(self, result: Outcome) -> None:
        """An invocation is over and the process is well."""
        call, self.call = self.call, None
        if self._child is not None:
            self._child.drain()
        if call is not None:
            call.settle(result)
        self._free()

    def _free(self) -> None:
        self.state = "ready"
        self.since = time.monotonic()
        self._owner.on_free(self)

    def _condemn(self, verdict: Failure) -> None:
        """The caller gets its answer now; the process is killed, and its end noticed when it comes."""
        if self._verdict is None:
            self._verdict = verdict
        if self._child is not None:
            self._child.drain()
            self._child.kill()
        self._settle_verdict()

    def _settle_verdict(self) -> None:
        call, self.call = self.call, None
        if call is not None and self._verdict is not None:
            call.settle(self._verdict)

    def _end(self) -> None:
        never_ready = self.state == "starting"
        self.state = "ended"
        if self._transport is not None:
            self._transport.abort()
        self._settle_verdict()
        self._owner.on_gone(self, self._verdict if never_ready else None)

    def _failure(self, kind: FailureKind, fault: Fault) -> Failure:
        return Failure(fault, kind, self._init_ms(), self._used_ms())

    def _init_ms(self) -> float | None:
        return self.call.init_ms if self.call is not None else None

    def _used_ms(self) -> float:
        return (time.monotonic() - self.since) * 1000

    def _head(self, call: Call) -> bytes:
        """An `InvocationHead`, joined by hand: this is on every request's path."""
        identity = "" if call.identity_id is None else f',"identityId":{_quoted(call.identity_id)}'
        deadline_ms = int((time.time() + self.spec.timeout_s) * 1000)
        return f'{self._head_prefix}{call.request_id}","deadlineMs":{deadline_ms}{identity}}}'.encode()


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    """As JSON. The same few identities call again and again."""
    return dumps(text)


def _fault_of(payload: bytes) -> Fault:
    """The fault a process reports; one that is not even JSON is told as it came."""
    try:
        document = loads(payload)
        return cast("Fault", {"errorType": str(document["errorType"]), "errorMessage": str(document["errorMessage"]), **_trace_of(document)})
    except (ValueError, KeyError, TypeError):
        return Fault(errorType="Runtime.Unknown", errorMessage=payload[:1000].decode("utf-8", "backslashreplace"))


def _trace_of(document: Mapping[str, object]) -> dict[str, list[str]]:
    trace = document.get("stackTrace")
    return {"stackTrace": [str(line) for line in trace]} if isinstance(trace, list) else {}
