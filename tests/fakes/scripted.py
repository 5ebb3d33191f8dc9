"""A TCP server that answers requests from a script, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

HANG_UP = b""


class ScriptedServer:
    """Answers the n-th request with the n-th of `answers`, `HANG_UP` closing the connection instead; keeps what it was sent in `requests`.

    After an answer it keeps the connection open unless `closes_after_each`, which closes without saying so: what a stale kept connection looks like.
    """

    def __init__(self, answers: Sequence[bytes], *, closes_after_each: bool = False) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._answers = list(answers)
        self._closes = closes_after_each
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while self._answers:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                connection.settimeout(5)
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        while self._answers and (request := _read_request(connection)):
            self.requests.append(request)
            answer = self._answers.pop(0)
            if answer == HANG_UP:
                return
            connection.sendall(answer)
            if self._closes:
                return


@contextmanager
def scripted(*answers: bytes, closes_after_each: bool = False) -> Iterator[ScriptedServer]:
    server = ScriptedServer(answers, closes_after_each=closes_after_each)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def http_answer(status: int, body: bytes, *headers: str) -> bytes:
    """A well-formed answer with a length."""
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 {status} Said\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return b""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while lengths and len(body) < int(lengths[0]):
            part = connection.recv(65536)
            data, body = data + part, body + part
    except OSError:
        return b""
    return data
