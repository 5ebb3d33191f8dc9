"""The process that runs one function locally: imports its handler once and calls it for each frame that asks (`deep.wire.frames`).

Standard output and error are the author's alone. The process ends when the platform closes its side of the socket, or after a failure that leaves the
interpreter in doubt (out of memory).
"""

from __future__ import annotations

import os
import sys
from time import perf_counter, time

from deep.runtime import jsontext
from deep.wire import frames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from deep.wire.invocation import Fault, InvocationHead

EXIT_OUT_OF_MEMORY = 137
"""As if the kernel had killed it; the platform starts a new process either way."""
READ_SIZE = 16 * 1024
"""Bytes: more than a usual event, so that its frame takes one read."""


class LambdaIdentity:
    """`context.identity`, as Lambda spells it."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self, identity_id: str | None) -> None:
        self.cognito_identity_id = identity_id
        self.cognito_identity_pool_id: str | None = None


class FunctionFacts:
    """What Lambda's context tells of the function itself: read once, as by AWS's own runtime."""

    __slots__ = ("log_group", "log_stream", "memory_mb", "name", "version")

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.name = environment.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.version = environment.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        self.memory_mb = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.log_group = environment.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream = environment.get("AWS_LAMBDA_LOG_STREAM_NAME", "")


class LambdaContext:
    """Lambda's context object (AWS Lambda Developer Guide, "The Lambda context object in Python")."""

    def __init__(self, head: InvocationHead, function: FunctionFacts) -> None:
        self._deadline_ms = head["deadlineMs"]
        self.aws_request_id = head["requestId"]
        self.invoked_function_arn = head["functionArn"]
        self.function_name = function.name
        self.function_version = function.version
        self.memory_limit_in_mb = function.memory_mb
        self.log_group_name = function.log_group
        self.log_stream_name = function.log_stream
        self.identity = LambdaIdentity(head.get("identityId"))
        self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        return max(int(self._deadline_ms - time() * 1000), 0)


class Channel:
    """The socket to the platform, as whole frames."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_inheritable(descriptor, False)  # children of the author's code must not hold it open

    def read(self) -> tuple[int, bytes] | None:
        """The next (kind, payload); None when the platform has hung up.

        A usual frame takes one read: the platform sends none before the last was answered, so what comes together belongs together.
        """
        data = self._at_least(frames.HEADER_SIZE, b"")
        if data is None:
            return None
        kind, size = frames.unpack_header(data)
        data = self._at_least(frames.HEADER_SIZE + size, data)
        return None if data is None else (kind, data[frames.HEADER_SIZE :])

    def write(self, kind: int, payload: bytes) -> None:
        rest = memoryview(frames.pack(kind, payload))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def write_fault(self, kind: int, fault: Fault) -> None:
        self.write(kind, _fault_json(fault))

    def _at_least(self, size: int, data: bytes) -> bytes | None:
        """`data` and what follows it, until there are `size` bytes."""
        while len(data) < size:
            part = os.read(self._descriptor, max(size - len(data), READ_SIZE))
            if not part:
                return None
            data += part
        return data


def main(arguments: list[str]) -> int:
    """`--socket-fd N --root DIR`: serves until the platform hangs up. Gives the exit code."""
    options = dict(zip(arguments[::2], arguments[1::2], strict=False))
    try:
        channel, root = Channel(int(options["--socket-fd"])), os.path.abspath(options["--root"])
    except (KeyError, ValueError):
        os.write(2, b"usage: python -m deep.runtime --socket-fd N --root DIR\n")
        return 2
    os.environ.setdefault("LAMBDA_TASK_ROOT", root)
    os.chdir(root)
    handler = _start(channel, root)
    return 1 if handler is None else _serve(channel, handler)


def _start(channel: Channel, root: str) -> Callable[[Any, Any], Any] | None:
    """Imports the handler and announces it; None (and INIT_FAULT) when that fails."""
    from deep.runtime.loader import InitError, load_handler

    began = perf_counter()
    try:
        handler = load_handler(root)
    except InitError as error:
        channel.write_fault(frames.INIT_FAULT, error.fault)
        return None
    except MemoryError:
        channel.write_fault(frames.INIT_FAULT, _out_of_memory())
        return None
    channel.write(frames.READY, jsontext.dumps({"initMs": round((perf_counter() - began) * 1000, 2)}).encode())
    return handler


def _serve(channel: Channel, handler: Callable[[Any, Any], Any]) -> int:
    facts = FunctionFacts(os.environ)
    while frame := channel.read():
        kind, payload = frame
        if kind != frames.INVOKE:
            return 1
        try:
            answer_kind, answer = _invoke(handler, payload, facts)
            _flush_output()
        except MemoryError:
            del frame, payload
            channel.write_fault(frames.FAULT, _out_of_memory())
            return EXIT_OUT_OF_MEMORY
        channel.write(answer_kind, answer)
    return 0


def _invoke(handler: Callable[[Any, Any], Any], payload: bytes, facts: FunctionFacts) -> tuple[int, bytes]:
    """One invocation -> (RESULT, JSON) or (FAULT, JSON). SystemExit and KeyboardInterrupt end the process, as in Lambda."""
    head_text, event_text = frames.split_invoke(payload)
    head: InvocationHead = jsontext.loads(head_text)
    try:
        event = jsontext.loads(event_text)
    except ValueError as error:
        return _fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}")
    try:
        result = handler(event, LambdaContext(head, facts))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # the author's, to be reported
        from deep.runtime.faults import fault_of

        return frames.FAULT, _fault_json(fault_of(error))
    return _marshal(result)


def _flush_output() -> None:
    """What the author printed is to be seen with its invocation, although a pipe is buffered. The streams are theirs: they may be closed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue


def _marshal(result: Any) -> tuple[int, bytes]:
    try:
        answer = jsontext.dumps_result(result).encode()
    except (TypeError, ValueError, RecursionError) as error:
        reason = jsontext.why_not_json(result) or str(error)
        return _fault("Runtime.MarshalError", f"Unable to marshal response: {reason}")
    if len(answer) > frames.MAX_PAYLOAD_BYTES:
        told = f"Response payload size ({len(answer)} bytes) exceeded maximum allowed payload size ({frames.MAX_PAYLOAD_BYTES} bytes)."
        return _fault("Function.ResponseSizeTooLarge", told)
    return frames.RESULT, answer


def _fault(error_type: str, message: str) -> tuple[int, bytes]:
    return frames.FAULT, _fault_json({"errorType": error_type, "errorMessage": message, "stackTrace": []})


def _fault_json(fault: Fault) -> bytes:
    return jsontext.dumps(fault).encode("utf-8", "backslashreplace")


def _out_of_memory() -> Fault:
    limit = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "the allowed")
    return {"errorType": "Runtime.OutOfMemory", "errorMessage": f"the function needed more memory than {limit} MB", "stackTrace": []}
