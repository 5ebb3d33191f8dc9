"""Live reload: a stream of server-sent events that tells open pages to load themselves again."""

from __future__ import annotations

import asyncio

from deep.local.http.connection import Connection

PATH = "/_/reload"
_PING_S = 15.0
_LINES = (
    "HTTP/1.1 200 OK",
    "content-type: text/event-stream",
    "cache-control: no-store",
    "x-accel-buffering: no",
    "x-content-type-options: nosniff",
    "cross-origin-resource-policy: same-origin",
    "transfer-encoding: chunked",
)
_HEAD = "".join(f"{line}\r\n" for line in (*_LINES, "")).encode()
_END = b"0\r\n\r\n"


class _Page:
    """An open page, as the `Source` of what its connection sends: the notices it has not been sent yet; None when it has left, or shall."""

    def __init__(self) -> None:
        self.notices: asyncio.Queue[bytes | None] = asyncio.Queue()

    def pause(self) -> None:
        """There is nothing to slow down, and whoever does not read for long is dropped."""

    def resume(self) -> None: ...

    def left(self) -> None:
        self.notices.put_nowait(None)

    async def next(self) -> bytes | None:
        try:
            return await asyncio.wait_for(self.notices.get(), _PING_S)
        except TimeoutError:
            return b": still here\n\n"


class LiveReload:
    """The pages that listen. `notify` reaches all of them; `close` ends their streams so that the server can stop."""

    def __init__(self) -> None:
        self._pages: set[_Page] = set()
        self._closed = False

    @property
    def listeners(self) -> int:
        return len(self._pages)

    def notify(self, what: str) -> None:
        """`what` is `page` (files changed) or `app` (the model did). Never waits: a page that reads nothing misses at most its own reload."""
        for page in self._pages:
            if page.notices.empty():
                page.notices.put_nowait(f"event: reload\ndata: {what}\n\n".encode())

    def close(self) -> None:
        self._closed = True
        for page in self._pages:
            page.left()

    async def serve(self, connection: Connection) -> None:
        """`GET /_/reload`, until the page goes away or the platform stops."""
        page = connection.source = _Page()
        self._pages.add(page)
        connection.pass_on(_HEAD + _chunk(b"retry: 500\n\n"))
        while not self._closed and (event := await page.next()) is not None:
            connection.pass_on(_chunk(event))
        self._pages.discard(page)
        connection.pass_on(_END)
        connection.finish()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
