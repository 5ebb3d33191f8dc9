"""The frames between the local platform and a Python function process: a kind, a length, a payload.

A frame is one kind byte, four bytes of payload length (big endian), then the payload. The platform sends INVOKE; the process answers each with RESULT
or FAULT, and announces READY (or INIT_FAULT) once before the first. INVOKE's payload is one line of JSON (`InvocationHead`), a newline, and the event
as JSON bytes, so that neither side parses an event it only passes on. Standard output is never part of this.
"""

from __future__ import annotations

INVOKE = 1
RESULT = 2
FAULT = 3
READY = 4
INIT_FAULT = 5

HEADER_SIZE = 5
MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
"""Lambda's limit of a synchronous request and response payload (AWS Lambda quotas)."""


def pack(kind: int, payload: bytes) -> bytes:
    """One whole frame, ready to send in a single write."""
    return bytes((kind,)) + len(payload).to_bytes(4, "big") + payload


def unpack_header(header: bytes) -> tuple[int, int]:
    """(kind, payload length) of a five-byte header."""
    return header[0], int.from_bytes(header[1:HEADER_SIZE], "big")


def pack_invoke(head: bytes, event: bytes) -> bytes:
    """An INVOKE frame; `head` is an `InvocationHead` as a single line of JSON."""
    return pack(INVOKE, head + b"\n" + event)


def split_invoke(payload: bytes) -> tuple[bytes, bytes]:
    """INVOKE's payload -> (head, event)."""
    head, _, event = payload.partition(b"\n")
    return head, event
