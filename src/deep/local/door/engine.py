"""Kept connections from the door to the table engine: one exchange at a time on each, answers passed on as they arrive."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httptools

from deep.local.http.connection import Connection
from deep.local.http.reply import Reply

MOST_LINES = 64
"""More requests at once wait their turn: SQLite writes one at a time anyway."""
RECONNECT_S = 3.0
"""How long a request waits for an engine that is being started again."""
KNOCK_S = 0.02
ANSWER_S = 60.0


_DOWN = Reply(
    503,
    [(b"content-type", b"application/x-amz-json-1.0"), (b"x-amzn-errortype", b"ServiceUnavailable")],
    b'{"__type":"com.amazon.coral.availability#ServiceUnavailable","message":"The table engine is being started again."}',
)
"""Where no byte of an answer came, and none will. SDKs try again when they are told 503, and know what may be repeated."""


class Engine:
    """The engine as the door reaches it. Nothing is sent twice: whether a lost request may be repeated is for its sender to know."""

    def __init__(self, endpoint: str) -> None:
        url = urlsplit(endpoint)
        self._address = (url.hostname or "127.0.0.1", url.port or 80)
        self._idle: list[Line] = []
        self._waiting: deque[tuple[bytes, Connection]] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._is_held = False
        self.lines: set[Line] = set()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Sends nothing while the `with` block lasts, which begins when everything sent is answered; requests wait for its end."""
        self._is_held = True
        try:
            await self._answered()
            yield
        finally:
            self._is_held = False
            waiting, self._waiting = self._waiting, deque()
            for request, client in waiting:
                self.forward(request, client)

    async def _answered(self) -> None:
        """Everything sent has been answered, or never will be."""
        while self._opening or any(line.since for line in self.lines):  # noqa: ASYNC110 - a pause of milliseconds, at an edit
            await asyncio.sleep(KNOCK_S)

    def forward(self, request: bytes, client: Connection) -> None:
        """Sends a whole HTTP request; its answer goes to `client`."""
        if self._is_held:
            self._waiting.append((request, client))
            return
        while self._idle:
            line = self._idle.pop()
            if line.begin(request, client):
                return
        if len(self.lines) + len(self._opening) < MOST_LINES:
            task = asyncio.get_running_loop().create_task(self._open(request, client))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        else:
            self._waiting.append((request, client))

    def freed(self, line: Line) -> None:
        """A line is ready for another exchange."""
        if self._is_held or not self._waiting:
            self._idle.append(line)
            return
        request, client = self._waiting.popleft()
        if not line.begin(request, client):
            self.forward(request, client)

    def dropped(self, line: Line) -> None:
        """A line was lost; whoever waits for one gets another."""
        self.lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)
        if self._waiting and not self._is_held:
            self.forward(*self._waiting.popleft())

    def check(self, now: float) -> None:
        """Gives up on answers that do not come. `now` is the loop's time."""
        for line in [line for line in self.lines if line.since and now - line.since > ANSWER_S]:
            line.abort()

    async def close(self) -> None:
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        for line in list(self.lines):
            line.abort()

    async def _open(self, request: bytes, client: Connection) -> None:
        """A new line for this request; an engine that is just being started again is waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + RECONNECT_S
        line = await self._connected()
        while line is None and loop.time() < deadline:
            await asyncio.sleep(KNOCK_S)
            line = await self._connected()
        if line is None or not line.begin(request, client):
            client.answer(_DOWN)

    async def _connected(self) -> Line | None:
        try:
            _, line = await asyncio.get_running_loop().create_connection(lambda: Line(self), *self._address)
        except OSError:
            return None
        self.lines.add(line)
        return line


class Line(asyncio.Protocol):
    """One connection to the engine; the source of the answer to the client it serves."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._client: Connection | None = None
        self._begun = False
        self._complete = False
        self._keep = False
        self.since = 0.0  # loop time when the exchange under way began; 0 = none is

    def begin(self, request: bytes, client: Connection) -> bool:
        """Sends a request; False when the line was closed meanwhile."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        self._client, self._begun, self._complete = client, False, False
        self.since = asyncio.get_running_loop().time()
        client.source = self
        transport.write(request)
        return True

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # --- connection.Source ---

    def pause(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def left(self) -> None:
        self.resume()  # what still comes is dropped

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        client = self._client
        if client is None:
            self.abort()  # it speaks without having been asked
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.abort()
            return
        self._begun = True
        client.pass_on(data)
        if self._complete:
            self._finish(client)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        client, self._client = self._client, None
        self.since = 0.0
        if client is not None:
            client.source = None
            if self._begun:
                client.abort()
            else:
                client.answer(_DOWN)
        self._engine.dropped(self)

    def on_message_complete(self) -> None:
        self._complete = True
        self._keep = self._parser.should_keep_alive()  # llhttp knows it only now

    def _finish(self, client: Connection) -> None:
        keep, self._client = self._keep, None
        self.since = 0.0
        if not keep:
            self.abort()
        else:
            self._engine.freed(self)
        client.finish(keep=keep)
