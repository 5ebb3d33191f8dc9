"""One connection of an AWS SDK to the door: requests parsed whole, answered in their order, within sizes and deadlines.

Every table call passes here, so there is no framework: httptools parses, a request costs a handful of calls. The parser (llhttp) refuses bad framing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Protocol

import httptools

from deep.frozen import dataclass
from deep.local.http.reply import Headers, Reply


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, and how long. A request of DynamoDB's may have 16 MB; times are in seconds."""

    head_bytes: int = 32_768
    body_bytes: int = 17 * 1024 * 1024
    request_s: float = 60.0
    write_idle_s: float = 60.0
    waiting: int = 8
    connections: int = 4096


LIMITS = Limits()
REFUSALS = {400: "The request is not well-formed.", 408: "The request took too long.", 413: "The request is too large."}
ENGINE_DOWN = Reply(
    503,
    [(b"content-type", b"application/x-amz-json-1.0"), (b"x-amzn-errortype", b"ServiceUnavailable")],
    b'{"__type":"com.amazon.coral.availability#ServiceUnavailable","message":"The table engine is being started again."}',
)
_MOST_READ_BYTES = 256 * 1024
"""What one read may bring (uvloop's buffer): a short head may arrive with much of a body."""
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class Asked:
    """One request: `target` as it was sent, `headers` with lower-case names (repeated ones joined by commas), the whole `body`."""

    __slots__ = ("body", "headers", "keep_alive", "method", "target")

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes, *, keep_alive: bool) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.keep_alive = keep_alive


class Server(Protocol):
    """Whom connections belong to: the door."""

    limits: Limits
    connections: set[Connection]

    def serve(self, asked: Asked, connection: Connection) -> None:
        """Sees to it that the request is answered on the connection, now or later. Never raises."""


class Flow(Protocol):
    """Where an answer under way comes from: it is slowed down when the client reads slowly."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class Connection(asyncio.Protocol):
    """An SDK's connection. `answer` answers the request being served; or `pass_on` does so in pieces, and `finish` ends it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._limits = server.limits
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._serving: Asked | None = None
        self._waiting: deque[Asked] = deque()
        self._deaf = False
        self._target = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0
        self._in_head = True
        self._since = 0.0  # loop time when the request being received began; 0 = none is
        self._write_since = 0.0
        self.source: Flow | None = None

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._server.connections.add(self)
        if len(self._server.connections) > self._limits.connections:
            self._deaf = True
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._transport = None
        self._waiting.clear()
        if self.source is not None:
            self.source.resume()  # what still comes is dropped

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._size += len(data)
        if self._size > (_MOST_READ_BYTES + self._limits.head_bytes if self._in_head else _MOST_READ_BYTES + self._limits.body_bytes):
            self._refuse(413)
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self._deaf:
                self._refuse(400)

    def pause_writing(self) -> None:
        self._write_since = asyncio.get_running_loop().time()
        if self.source is not None:
            self.source.pause()

    def resume_writing(self) -> None:
        self._write_since = 0.0
        if self.source is not None:
            self.source.resume()

    # --- what the parser tells ---

    def on_message_begin(self) -> None:
        self._target, self._headers, self._body = b"", {}, []
        self._since = asyncio.get_running_loop().time()

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers = self._headers
        headers[key] = f"{headers[key]},{text}" if key in headers else text

    def on_headers_complete(self) -> None:
        if sum(map(len, self._headers)) + sum(map(len, self._headers.values())) + len(self._target) > self._limits.head_bytes:
            raise ValueError("the head is too long")
        self._size = 0
        self._in_head = False
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport is not None and self._serving is None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._since = 0.0
        self._size = 0
        self._in_head = True
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        method, target = self._parser.get_method().decode("ascii"), self._target.decode("latin-1")
        asked = Asked(method, target, self._headers, body, keep_alive=self._parser.should_keep_alive())
        if self._serving is None:
            self._serving = asked
            self._server.serve(asked, self)
            return
        self._waiting.append(asked)
        if len(self._waiting) > self._limits.waiting:
            self._deaf = True
            self.abort()  # nobody who speaks for AWS sends ahead, and the answer under way may be long in coming

    # --- answering ---

    @property
    def is_gone(self) -> bool:
        """Whether nobody is left to answer."""
        return self._transport is None

    def answer(self, reply: Reply) -> None:
        """Answers the request being served, whole."""
        if self._transport is not None:
            head_only = self._serving is not None and self._serving.method == "HEAD"
            self._transport.write(_whole(reply, head_only=head_only))
        self.finish()

    def pass_on(self, data: bytes) -> None:
        """Sends a piece of an answer that is HTTP already."""
        if self._transport is not None:
            self._transport.write(data)

    def finish(self, *, keep: bool = True) -> None:
        """The answer is complete; `keep` off when it told the client that this connection ends."""
        self.source = None
        served, self._serving = self._serving, None
        if self._transport is None:
            return
        if self._deaf or not keep or (served is not None and not served.keep_alive):
            self._transport.close()
        elif self._waiting:
            self._serving = self._waiting.popleft()
            self._server.serve(self._serving, self)

    def abort(self) -> None:
        """Drops the connection: an answer broke off, or the platform stops."""
        if self._transport is not None:
            self._transport.abort()

    def unanswered(self) -> None:
        """The table engine went down before it answered. SDKs try again when they are told 503, and know what may be repeated."""
        self.answer(ENGINE_DOWN)

    def check(self, now: float) -> None:
        """Gives up on a client that has kept us waiting too long. `now` is the loop's time."""
        if self._write_since and now - self._write_since > self._limits.write_idle_s:
            self.abort()
        elif self._since and not self._deaf and now - self._since > self._limits.request_s:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Answers what is no request, and hears no more."""
        self._deaf = True
        self._since = 0.0
        self._waiting.clear()
        if self._transport is None or self._serving is not None:
            return  # the connection is closed when the answer under way is complete
        self._transport.write(_whole(Reply(status, [(b"connection", b"close")], REFUSALS[status].encode())))
        self._transport.close()


def _whole(reply: Reply, *, head_only: bool = False) -> bytes:
    headers: Headers = reply.headers
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    head = b"%b%bcontent-length: %d\r\n\r\n" % (_STATUS_LINES[reply.status], lines, len(reply.body))
    return head if head_only else head + reply.body
