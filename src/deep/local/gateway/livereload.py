"""Live reload: a stream of server-sent events that tells open pages to load themselves again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from deep.local.http.request import HttpRequest, Send

PATH = "/_/reload"
_PING_S = 15.0
_HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
_HEADERS += [(b"x-content-type-options", b"nosniff"), (b"cross-origin-resource-policy", b"same-origin")]


class LiveReload:
    """The pages that listen. `notify` reaches all of them; `close` ends their streams so that the server can stop."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[bytes | None]] = set()
        self._closed = False

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def notify(self, what: str) -> None:
        """`what` is `page` (files changed) or `app` (the model did). Never waits: a page that reads nothing misses at most its own reload."""
        for queue in self._listeners:
            if queue.empty():
                queue.put_nowait(f"event: reload\ndata: {what}\n\n".encode())

    def close(self) -> None:
        self._closed = True
        for queue in self._listeners:
            queue.put_nowait(None)

    async def serve(self, request: HttpRequest, send: Send) -> None:
        """`GET /_/reload`, until the page goes away or the platform stops."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._listeners.add(queue)
        leaving = asyncio.create_task(request.left())
        leaving.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": b"retry: 500\n\n", "more_body": True})
            while not self._closed and (event := await self._next(queue)) is not None:
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._listeners.discard(queue)
            leaving.cancel()
            with suppress(asyncio.CancelledError):
                await leaving

    @staticmethod
    async def _next(queue: asyncio.Queue[bytes | None]) -> bytes | None:
        try:
            return await asyncio.wait_for(queue.get(), _PING_S)
        except TimeoutError:
            return b": still here\n\n"
