"""What an invocation came to: an `Answer`, or a `Failure` told in AWS Lambda's own error types."""

from __future__ import annotations

import signal
from typing import Literal, TypeAlias

from deep.frozen import dataclass
from deep.wire.frames import MAX_PAYLOAD_BYTES
from deep.wire.invocation import Fault

FailureKind: TypeAlias = Literal["fault", "timeout", "exit", "memory", "throttled", "too-large", "init"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The function answered. `payload` is JSON text in UTF-8.

    `duration_ms` is the function's own time; `init_ms` is the start of the process made for this invocation, None when a warm one took it.
    """

    payload: bytes
    init_ms: float | None
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Failure:
    """The function did not answer. `kind` says in which way:

    - `fault`: the handler raised, or its result could not be sent; the process is well and takes the next invocation
    - `init`: the code could not be loaded (a syntax error, a missing module), or the process could not be started
    - `timeout`, `memory`, `exit`: the process overstayed its deadline, outgrew its memory, or ended by itself; it is gone with all its children
    - `throttled`: too many invocations wait already, or the platform is stopping; nothing was run
    - `too-large`: the event or the result exceeds Lambda's 6 MB
    """

    fault: Fault
    kind: FailureKind
    init_ms: float | None = None
    duration_ms: float = 0.0


Outcome: TypeAlias = Answer | Failure


def timed_out(request_id: str, timeout_s: float) -> Fault:
    return _of_request("Sandbox.Timedout", request_id, f"Task timed out after {timeout_s:.2f} seconds")


def init_timed_out(limit_s: float) -> Fault:
    return Fault(errorType="Sandbox.Timedout", errorMessage=f"The function's code was still loading after {limit_s:g} seconds")


def exited(request_id: str, returncode: int) -> Fault:
    """`returncode` as subprocess gives it: negative for a signal."""
    return _of_request("Runtime.ExitError", request_id, f"Runtime exited with error: {_ending(returncode)}")


def channel_lost(request_id: str) -> Fault:
    """The process lives but closed, or wrote nonsense to, the descriptor its results travel on."""
    return _of_request("Runtime.ExitError", request_id, "Runtime exited with error: its connection to the platform was closed or spoiled")


def out_of_memory(request_id: str, memory_mb: int) -> Fault:
    return _of_request("Runtime.OutOfMemory", request_id, f"Runtime exited with error: signal: killed (more than {memory_mb} MB of memory used)")


def not_started(reason: object) -> Fault:
    return Fault(errorType="Runtime.ExitError", errorMessage=f"The function's process could not be started: {reason}")


def throttled() -> Fault:
    return Fault(errorType="TooManyRequestsException", errorMessage="Rate Exceeded.")


def stopping() -> Fault:
    return Fault(errorType="ServiceException", errorMessage="The platform is stopping.")


def event_too_large(size_bytes: int) -> Fault:
    message = f"{size_bytes} byte payload is too large for the RequestResponse invocation type (limit {MAX_PAYLOAD_BYTES} bytes)"
    return Fault(errorType="RequestTooLargeException", errorMessage=message)


def result_too_large() -> Fault:
    message = f"Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD_BYTES} bytes)."
    return Fault(errorType="Function.ResponseSizeTooLarge", errorMessage=message)


def _of_request(error_type: str, request_id: str, message: str) -> Fault:
    return Fault(errorType=error_type, errorMessage=f"RequestId: {request_id} Error: {message}")


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"exit status {returncode}"
    try:
        return f"signal: {signal.Signals(-returncode).name}"
    except ValueError:
        return f"signal: {-returncode}"
