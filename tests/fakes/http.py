"""A real server on a free loopback port around any application, and a client that speaks HTTP byte by byte."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvloop

from deep.local.http.connection import Connection
from deep.local.http.reception import Application, Limits
from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.http.server import HttpServer, bind


class Replying:
    """An application whose answers are what a coroutine makes of requests."""

    def __init__(self, reply: Callable[[HttpRequest], Awaitable[Reply]]) -> None:
        self._reply = reply
        self._running: set[asyncio.Task[None]] = set()

    def serve(self, request: HttpRequest, connection: Connection) -> None:
        async def answer() -> None:
            connection.answer(await self._reply(request))

        self._running.add(asyncio.get_running_loop().create_task(answer()))


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: `closed` says that the server closed the connection after it."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class ServedApp:
    """A running server. `ask` makes one request on a connection of its own."""

    port: int
    server: HttpServer
    loop: asyncio.AbstractEventLoop

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def raw(self, request: bytes) -> bytes:
        """Sends bytes as they are and reads until the server closes, or 10 s."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_to_end(connection)

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> HttpAnswer:
        lines = {"Host": f"localhost:{self.port}", "Connection": "close", **(headers or {})}
        if body:
            lines |= {"Content-Length": str(len(body))}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        return parse_answer(self.raw(head.encode("latin-1") + body), method)


def read_to_end(connection: socket.socket) -> bytes:
    """All bytes until the peer closes; a reset counts as the end."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def parse_answer(raw: bytes, method: str = "GET") -> HttpAnswer:
    """The first answer in `raw`; checks that its length is as declared."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    assert separator, f"no whole answer in {raw[:200]!r}"
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if "content-length" in headers and method != "HEAD":
        body = body[: int(headers["content-length"])]
    return HttpAnswer(int(lines[0].split()[1]), headers, body)


@contextmanager
def serving(app: Application, limits: Limits | None = None) -> Iterator[ServedApp]:
    """Runs `app` in a thread until the block ends."""
    started: list[ServedApp] = []
    ready, end = threading.Event(), asyncio.Event()

    async def run() -> None:
        server = HttpServer(app, limits)
        sockets = bind(0)
        await server.start(sockets)
        started.append(ServedApp(sockets[0].getsockname()[1], server, asyncio.get_running_loop()))
        ready.set()
        await end.wait()
        await server.stop()

    def main() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=main)
    thread.start()
    assert ready.wait(10)
    try:
        yield started[0]
    finally:
        started[0].loop.call_soon_threadsafe(end.set)
        thread.join(15)
        assert not thread.is_alive()
