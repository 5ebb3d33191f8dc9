"""Runs `handler.py`'s `handler(event, head)` for every INVOKE frame: `python -m deep.runtime --socket-fd N --root DIR`."""

import importlib
import json
import os
import struct
import sys
import traceback

INVOKE, RESULT, FAULT, READY, INIT_FAULT = 1, 2, 3, 4, 5


def main() -> None:
    fd, root = int(sys.argv[2]), sys.argv[4]
    sys.path.insert(0, root)
    try:
        handler = importlib.import_module("handler").handler
    except BaseException as error:  # noqa: BLE001 - whatever an author's module raises
        send(fd, INIT_FAULT, fault(error))
        return
    send(fd, READY, b"")
    while header := read(fd, 5):
        head, _, event = read(fd, int.from_bytes(header[1:], "big")).partition(b"\n")
        try:
            result = json.dumps(handler(json.loads(event), json.loads(head)), allow_nan=False).encode()
        except Exception as error:  # noqa: BLE001 - whatever a handler raises
            send(fd, FAULT, fault(error))
        else:
            send(fd, RESULT, result)


def fault(error: BaseException) -> bytes:
    trace = traceback.format_tb(error.__traceback__)
    return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": trace}).encode()


def send(fd: int, kind: int, payload: bytes) -> None:
    sys.stdout.flush()
    rest = memoryview(struct.pack(">BI", kind, len(payload)) + payload)
    while rest:
        rest = rest[os.write(fd, rest) :]


def read(fd: int, size: int) -> bytes:
    parts = []
    while size and (part := os.read(fd, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


main()
