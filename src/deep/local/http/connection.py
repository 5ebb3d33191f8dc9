"""One HTTP connection, guarded: uvicorn's httptools protocol with the deadlines and caps that it leaves to its user.

The parser (llhttp) refuses bad framing by itself: two lengths, length with chunks, bare LF, folded headers, control bytes. Here is the rest: sizes,
stalled peers, exactly one Host, origin-form targets, known versions. The figures are API Gateway's and Lambda's where they have one (request line and
headers 10,240 bytes, payload 6 MB). Everything is counted while it arrives, so that nothing large is ever held.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import orjson
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from deep.local.http.reply import Headers
from deep.wire.frames import MAX_PAYLOAD_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, and how long. Times in seconds; `connections` is how many may be open before 503."""

    url_bytes: int = 8192
    header_bytes: int = 10_240
    header_line_bytes: int = 8192
    headers: int = 100
    body_bytes: int = MAX_PAYLOAD_BYTES
    header_s: float = 10.0
    body_idle_s: float = 20.0
    body_s: float = 300.0
    write_idle_s: float = 30.0
    linger_s: float = 2.0
    connections: int = 100_000


WHOLE_ANSWER = "deep.whole_answer"
"""The ASGI extension by which an application may answer in one call: (status, headers, body) -> whether it was sent."""
BODILESS = frozenset((204, 304))
_HEEDED = frozenset((b"host", b"content-length", b"transfer-encoding", b"expect"))


class Refused(Exception):
    """A request that is answered by the connection itself; never leaves this module."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn calls it as it calls its own; `server.py` calls `check_deadlines` a few times a second, which is cheaper than a timer per request."""

    def __init__(
        self,
        limits: Limits,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits = limits
        self.refusal = Refused(400, "Bad Request")
        self.deaf = False  # nothing more is read: refused and lingering, or an upgrade was asked for
        self.in_headers = False
        self.header_bytes = 0
        self.unfinished_bytes = 0
        self.body_bytes = 0
        self.has_body = False
        self.chunked = False
        self.hosts = 0
        self.header_since = 0.0  # loop time when the current header, body, or unread answer began to be waited for; 0 = not waited for
        self.body_since = 0.0
        self.body_began = 0.0
        self.write_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self.refuse(Refused(503, "Too many connections"))
            return
        # A peer that never speaks is closed like one that has fallen silent between requests.
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        if self.deaf:
            return
        room = self.limits.header_bytes * 2 - self.unfinished_bytes
        if not self.in_headers:
            super().data_received(data)
        elif len(data) <= room:
            self.unfinished_bytes += len(data)
            super().data_received(data)
        elif room > 0:  # these headers may end soon, and other requests stand behind them
            self.unfinished_bytes += room
            super().data_received(data[:room])
            self.data_received(data[room:])
        else:
            self.refuse(Refused(431, "Request header fields too large"))

    def eof_received(self) -> None:
        if self.deaf:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_headers = True
        self.has_body = self.chunked = False
        self.header_bytes = self.unfinished_bytes = self.body_bytes = self.hosts = 0
        self.header_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.limits.url_bytes:
            raise self.refused(414, "The URL is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """uvicorn's own, with the counting; a browser sends fifteen headers, and few of them matter here."""
        if not self.in_headers:
            return  # a trailer: nobody asked for one, and it must not pass for a header
        size = len(name) + len(value) + 4
        self.header_bytes += size
        if size > self.limits.header_line_bytes or self.header_bytes + len(self.url) > self.limits.header_bytes:
            raise self.refused(431, "Request header fields too large")
        name = name.lower()
        self.headers.append((name, value))
        if name in _HEEDED:
            self._heed(name, value)
        if len(self.headers) > self.limits.headers:
            raise self.refused(431, "Too many request header fields")

    def on_headers_complete(self) -> None:
        self.in_headers = False
        self.header_since = 0.0
        self._check_request()
        if self.has_body:
            self.body_since = self.body_began = self.loop.time()
        super().on_headers_complete()
        cast(dict[str, Any], self.scope)["extensions"] = {WHOLE_ANSWER: partial(self.answer_whole, self.cycle)}
        if self.parser.should_upgrade():
            self.deaf = True  # what follows is in a protocol nobody here speaks
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self.body_bytes += len(body)
        if self.body_bytes > self.limits.body_bytes:
            raise self.refused(413, "Request Too Long")
        self.body_since = self.loop.time()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.body_since = 0.0
        super().on_message_complete()

    def pause_writing(self) -> None:
        self.write_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self.write_since = 0.0
        super().resume_writing()

    def answer_whole(self, cycle: RequestResponseCycle, status: int, headers: Headers, body: bytes) -> bool:
        """Sends a whole answer in a single write, where ASGI's two messages cost two system calls; False when it must go through them after all.

        `headers` are checked by whoever made them, and hold neither length nor connection.
        """
        if self.flow.write_paused or cycle.response_started or cycle.disconnected:
            return False
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        parts = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
        if status not in BODILESS:
            parts[-1] = b"content-length: %d\r\n%b" % (len(body), parts[-1])
            if cycle.scope["method"] != "HEAD":
                parts.append(body)
        self.transport.write(b"".join(parts))
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def check_deadlines(self, now: float) -> None:
        """Closes the connection if its peer has kept us waiting too long. `now` is the loop's time."""
        limits = self.limits
        if self.write_since and now - self.write_since > limits.write_idle_s:
            self.transport.abort()
        elif self.deaf:
            return
        elif self.header_since and now - self.header_since > limits.header_s:
            self.refuse(Refused(408, "The request's headers took too long"))
        elif self.body_since and (now - self.body_since > limits.body_idle_s or now - self.body_began > limits.body_s):
            self.refuse(Refused(408, "The request's body took too long"))

    def refused(self, status: int, message: str) -> Refused:
        """The error to raise out of a parser callback; the parser turns it into its own, and `send_400_response` then finds it here."""
        self.refusal = Refused(status, message)
        return self.refusal

    def send_400_response(self, msg: str) -> None:
        self.refuse(self.refusal)

    def refuse(self, refusal: Refused) -> None:
        """Answers and closes; lingers a little, reading and dropping, because closing at once would destroy the answer on its way (RFC 9112, 9.6)."""
        self.deaf = True
        self.header_since = self.body_since = 0.0
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.response_complete:
            cycle = None
        if cycle is not None and (cycle.response_started or not cycle.more_body):
            self.transport.close()  # an earlier request is still being answered: ours would be taken for its answer
            return
        body = orjson.dumps({"message": refusal.message})
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[refusal.status] + head + body)
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(self.limits.linger_s, self.transport.abort)

    def _heed(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            self.hosts += 1
        elif name == b"content-length":
            if int(value) > self.limits.body_bytes:
                raise self.refused(413, "Request Too Long")
            self.has_body = int(value) > 0
        elif name == b"transfer-encoding":
            self.has_body = self.chunked = True
        elif value.lower() == b"100-continue":
            self.expect_100_continue = True

    def _check_request(self) -> None:
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise self.refused(505, "HTTP Version Not Supported")
        if self.hosts > 1 or (self.hosts == 0 and version == "1.1"):
            raise self.refused(400, "A request has exactly one Host header")
        if self.parser.get_method() == b"CONNECT":
            raise self.refused(405, "Method Not Allowed")
        if not self.url.startswith(b"/") and self.url != b"*":
            raise self.refused(400, "The request's target is a path")
        if (self.chunked and version == "1.0") or (self.has_body and self.parser.should_upgrade()):
            raise self.refused(400, "Bad Request")
