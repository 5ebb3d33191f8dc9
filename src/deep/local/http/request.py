"""One HTTP request, read strictly: what cannot be decoded is refused rather than guessed."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

MOST_PARAMETERS = 1000
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class BadRequest(Exception):
    """The request cannot be understood; its text is told to the client with status 400."""


class HttpRequest:
    """One whole request: method, path and query as they were sent, headers, body, and from where. A plain class with slots: one is made per request.

    `headers` have lower-case names; repeated ones are joined with commas, as API Gateway does. `cookies` are kept apart, as its event has them.
    """

    __slots__ = ("body", "cookies", "headers", "method", "query", "raw_path", "source_ip")

    def __init__(self, method: str, target: bytes, headers: dict[str, str], body: bytes, source_ip: str = "127.0.0.1") -> None:
        path, _, query = target.partition(b"?")
        cookies = headers.pop("cookie", "")
        self.method = method
        self.raw_path = path.decode("latin-1")
        self.query = query
        self.headers = headers
        self.cookies = [cookie.strip() for cookie in cookies.split(";") if cookie.strip()] if cookies else []
        self.body = body
        self.source_ip = source_ip

    @property
    def path(self) -> str:
        """The path, decoded. Raises BadRequest."""
        return percent_decoded(self.raw_path) if "%" in self.raw_path else self.raw_path

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
