"""One HTTP connection: a protocol of asyncio's on llhttp. Requests are received whole and answered in their order.

A request costs a handful of calls: the parser's, one object, one write. The parser (llhttp) refuses bad framing by itself: two lengths, length with
chunks, bare LF, folded headers, control bytes. Here is the rest: sizes, stalled peers, exactly one Host, origin-form targets, known versions.
Everything is counted while it arrives, so that nothing larger than the limits is ever held.
"""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Literal, Protocol

import httptools

from deep.local.http.reception import Reception
from deep.local.http.reply import Reply, message_reply
from deep.local.http.request import HttpRequest

_BODILESS = frozenset((204, 304))
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_STATUS_LINES = {status: f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\n".encode() for status in range(200, 600)}


class Source(Protocol):
    """Where an answer in pieces comes from: it is slowed down while the client does not read, and told when the client has left."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def left(self) -> None: ...


class _Refused(Exception):
    """A request that the connection itself answers; raised out of the parser's callbacks."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = message_reply(status, message)


class Connection(asyncio.Protocol):
    """A client's connection. `answer` answers the request being served; or `pass_on` does so in pieces, and `finish` ends it."""

    def __init__(self, reception: Reception) -> None:
        self.source: Source | None = None
        self._reception = reception
        self._limits = reception.limits
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._client = ""
        self._serving: HttpRequest | None = None
        self._waiting: deque[HttpRequest] = deque()
        self._deaf = False  # nothing more is understood: the last request has come, or one was refused
        self._paused = False  # nothing more is read for now
        self._phase: Literal["idle", "head", "body"] = "idle"  # of what is being received, whatever is being answered
        self._since = self._loop.time()  # when the phase began
        self._heard = 0.0  # when more of the body last came
        self._unread_since = 0.0  # when the client ceased to read; 0 = it reads
        self._target = b""
        self._headers: dict[str, str] = {}
        self._header_count = self._header_bytes = self._unfinished_bytes = self._body_bytes = 0
        self._body: list[bytes] = []

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._client = peer[0] if peer else "127.0.0.1"
        self._reception.connections.add(self)
        if len(self._reception.connections) > self._limits.connections:
            self._refuse(_Refused(503, "Too many connections"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._reception.connections.discard(self)
        self._transport = None
        self._waiting.clear()
        if self.source is not None:
            self.source.left()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if self._phase == "head":
            room = self._limits.header_bytes * 2 - self._unfinished_bytes
            if room <= 0:
                self._refuse(_Refused(431, "Request header fields too large"))
                return
            if len(data) > room:  # these headers may end soon, and other requests stand behind them
                self.data_received(data[:room])
                self.data_received(data[room:])
                return
            self._unfinished_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self._deaf:  # what follows a last request does not matter
                self._refuse(error.__context__ if isinstance(error.__context__, _Refused) else _Refused(400, "Bad Request"))

    def eof_received(self) -> None:
        if self._deaf and self._transport is not None:
            self._transport.close()

    def pause_writing(self) -> None:
        self._unread_since = self._loop.time()
        if self.source is not None:
            self.source.pause()
        self._read_or_not()

    def resume_writing(self) -> None:
        self._unread_since = 0.0
        if self.source is not None:
            self.source.resume()
        self._serve_next()
        self._read_or_not()

    # --- what the parser tells ---

    def on_message_begin(self) -> None:
        self._phase = "head"
        self._since = self._loop.time()
        self._target, self._headers, self._body = b"", {}, []
        self._header_count = self._header_bytes = self._unfinished_bytes = self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._target += url
        if len(self._target) > self._limits.url_bytes:
            raise _Refused(414, "The URL is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._phase != "head":
            return  # a trailer: nobody asked for one, and it must not pass for a header
        limits, size = self._limits, len(name) + len(value) + 4
        self._header_count += 1
        self._header_bytes += size
        if size > limits.header_line_bytes or self._header_bytes + len(self._target) > limits.header_bytes:
            raise _Refused(431, "Request header fields too large")
        if self._header_count > limits.headers:
            raise _Refused(431, "Too many request header fields")
        key, text, headers = name.decode("latin-1").lower(), value.decode("latin-1"), self._headers
        if key in headers:
            text = _joined(key, headers[key], text)
        headers[key] = text

    def on_headers_complete(self) -> None:
        self._check_head()
        self._phase = "body"
        self._since = self._heard = self._loop.time()
        if self._headers.get("expect", "").lower() == "100-continue" and self._serving is None:
            self.pass_on(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            raise _Refused(413, "Request Too Long")
        self._heard = self._loop.time()
        self._body.append(body)

    def on_message_complete(self) -> None:
        parser, body = self._parser, self._body
        self._phase = "idle"
        self._deaf = parser.should_upgrade() or not parser.should_keep_alive() or parser.get_http_version() == "1.0"
        whole = body[0] if len(body) == 1 else b"".join(body)
        self._waiting.append(HttpRequest(parser.get_method().decode("ascii"), self._target, self._headers, whole, self._client))
        self._serve_next()
        if self._waiting:
            self._read_or_not()
        if len(self._waiting) > self._limits.waiting:
            self.abort()

    def _check_head(self) -> None:
        """Raises _Refused."""
        parser, headers = self._parser, self._headers
        version, chunked, length = parser.get_http_version(), "transfer-encoding" in headers, int(headers.get("content-length", "0"))
        if version not in ("1.1", "1.0"):
            raise _Refused(505, "HTTP Version Not Supported")
        if "host" not in headers and version == "1.1":
            raise _Refused(400, "A request has exactly one Host header")
        if parser.get_method() == b"CONNECT":
            raise _Refused(405, "Method Not Allowed")
        if not self._target.startswith(b"/"):
            raise _Refused(400, "The request's target is a path")
        if (chunked and version == "1.0") or ((chunked or length) and parser.should_upgrade()):
            raise _Refused(400, "Bad Request")
        if length > self._limits.body_bytes:
            raise _Refused(413, "Request Too Long")

    # --- answering ---

    def answer(self, reply: Reply) -> None:
        """Answers the request being served, whole, in a single write. The reply's headers hold neither length, date nor connection."""
        if self._serving is not None:
            self.pass_on(self._whole(reply, head_only=self._serving.method == "HEAD"))
        self.finish()

    def pass_on(self, data: bytes) -> None:
        """Sends a piece of an answer that is HTTP already."""
        if self._transport is not None:
            self._transport.write(data)

    def finish(self, *, keep: bool = True) -> None:
        """The answer is complete; `keep` off when it told the client that this connection ends."""
        self.source = self._serving = None
        if self._transport is None:
            return
        if not keep or self._is_last:
            self._transport.close()
        elif self._waiting:
            self._loop.call_soon(self._serve_next)
        elif self._phase == "idle":
            self._since = self._loop.time()

    def abort(self) -> None:
        """Drops the connection: an answer broke off, or the server stops."""
        self._deaf = True
        if self._transport is not None:
            self._transport.abort()

    def shutdown(self) -> None:
        """Ends when what was asked has been answered. uvicorn calls it at the stop."""
        self._deaf = True
        if self._transport is not None and self._serving is None and not self._waiting:
            self._transport.close()

    def check(self, now: float) -> None:
        """Gives up on a client that has kept us waiting too long. `now` is the loop's time."""
        limits, waited_s = self._limits, now - self._since
        if self._unread_since and now - self._unread_since > limits.write_idle_s:
            self.abort()
        elif self._deaf or self._transport is None:
            return
        elif self._phase == "head" and waited_s > limits.header_s:
            self._refuse(_Refused(408, "The request's headers took too long"))
        elif self._phase == "body" and (waited_s > limits.body_s or now - self._heard > limits.body_idle_s):
            self._refuse(_Refused(408, "The request's body took too long"))
        elif self._phase == "idle" and self._serving is None and waited_s > limits.keep_alive_s:
            self._transport.close()

    @property
    def _is_last(self) -> bool:
        """Whether no other request will be answered after this one."""
        return self._deaf and not self._waiting

    def _whole(self, reply: Reply, *, head_only: bool = False) -> bytes:
        parts = [_STATUS_LINES[reply.status], self._reception.date]
        for name, value in reply.headers:
            parts += (name, b": ", value, b"\r\n")
        has_body = reply.status not in _BODILESS
        if has_body:
            parts.append(b"content-length: %d\r\n" % len(reply.body))
        parts.append(b"connection: close\r\n\r\n" if self._is_last else b"\r\n")
        if has_body and not head_only:
            parts.append(reply.body)
        return b"".join(parts)

    def _serve_next(self) -> None:
        if self._serving is None and self._waiting and not self._unread_since:
            self._serving = self._waiting.popleft()
            self._reception.application.serve(self._serving, self)
            if self._paused:
                self._read_or_not()

    def _read_or_not(self) -> None:
        """Reads no further while requests wait or the client does not read."""
        paused = bool(self._waiting or self._unread_since)
        if self._transport is None or self._transport.is_closing() or paused == self._paused:
            return
        self._paused = paused
        if paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _refuse(self, refusal: _Refused) -> None:
        """Answers what is no request, and closes; or closes when the requests before it are answered: this would be taken for an answer to them.

        Lingers a little, reading and dropping, because closing at once would destroy the answer on its way (RFC 9112, 9.6).
        """
        self._deaf = True
        if self._transport is None or self._serving is not None or self._waiting:
            return
        self.pass_on(self._whole(refusal.reply))
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._loop.call_later(self._limits.linger_s, self._transport.abort)


def _joined(key: str, first: str, second: str) -> str:
    """One value of a header that came twice (RFC 9110 5.3), in cookies' own way for these (RFC 6265 5.4). Raises _Refused for a second Host."""
    if key == "host":
        raise _Refused(400, "A request has exactly one Host header")
    return f"{first}; {second}" if key == "cookie" else f"{first},{second}"
