"""One HTTP request as the gateway sees it, read strictly: what cannot be decoded is refused rather than guessed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_PARAMETERS = 1000
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class BadRequest(Exception):
    """The request cannot be understood; its text is told to the client with status 400."""


class Gone(Exception):
    """The client went away before its request was whole; nobody is left to answer."""


class HttpRequest:
    """Method, decoded path, raw query and headers of one request. A plain class with slots: one is made per request.

    `headers` have lower-case names; repeated ones are joined with commas, as API Gateway does. `cookies` are kept apart, as its event has them.
    """

    __slots__ = ("_receive", "cookies", "headers", "method", "path", "query", "raw_path", "source_ip")

    def __init__(self, scope: Message, receive: Receive) -> None:
        self._receive = receive
        self.method: str = scope["method"]
        self.raw_path: str = scope["raw_path"].decode("ascii")
        self.path = percent_decoded(self.raw_path) if "%" in self.raw_path else self.raw_path
        self.query: bytes = scope["query_string"]
        client = scope["client"]
        self.source_ip: str = client[0] if client else "127.0.0.1"
        headers: dict[str, str] = {}
        self.cookies: list[str] = []
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
            if name == "cookie":
                self.cookies += [cookie.strip() for cookie in value.split(";") if cookie.strip()]
            else:
                headers[name] = f"{headers[name]},{value}" if name in headers else value
        self.headers = headers

    async def body(self) -> bytes:
        """The whole body; the connection has capped its size and its time. Raises Gone when the client leaves before its end."""
        headers = self.headers
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return b""
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            return bytes(message.get("body", b""))
        parts = []
        while message["type"] == "http.request":
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)
            message = await self._receive()
        raise Gone

    async def left(self) -> None:
        """Returns when the client has closed the connection; the body must have been read, or there is none."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def parameters(self) -> dict[str, str]:
        """The query's parameters, decoded; values of a repeated one are joined with commas. Raises BadRequest."""
        return query_parameters(self.query)


def percent_decoded(text: str) -> str:
    """Decodes once. Raises BadRequest for broken escapes and for bytes that are not UTF-8 (overlong forms and surrogates among them)."""
    if _BAD_ESCAPE.search(text):
        raise BadRequest("the URL has a percent sign that starts no escape")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise BadRequest("the URL's escapes are not UTF-8") from None


def query_parameters(query: bytes) -> dict[str, str]:
    """`a=1&b=x+y&a=2` -> {"a": "1,2", "b": "x y"}; a name without `=` has an empty value. Raises BadRequest above `MOST_PARAMETERS`."""
    try:
        text = query.decode("ascii")
    except UnicodeDecodeError:
        raise BadRequest("the URL's query has bytes that are not escaped") from None
    if text.count("&") >= MOST_PARAMETERS:
        raise BadRequest(f"the URL has more than {MOST_PARAMETERS} parameters")
    escaped = "%" in text or "+" in text
    found: dict[str, str] = {}
    for pair in text.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if escaped:
            name, value = percent_decoded(name.replace("+", " ")), percent_decoded(value.replace("+", " "))
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
