"""HTTP requests as Lambda events: API Gateway's HTTP API payload format 2.0, written as JSON text.

What never changes for a route and method is serialised once, in an `EventTemplate`; a request only adds its own parts, so that building an event
costs a few microseconds. Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0.
"""

from __future__ import annotations

import time
from base64 import b64encode

import orjson

from deep.frozen import dataclass
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import Caller

_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript")
"""Bodies of these types travel as text, as do `+json` and `+xml`; all others in base64."""

_SPOOFABLE = ("x-amzn-", "x-forwarded-", "x-deep-")
_SECRET = ("x-amz-security-token", "authorization")


@dataclass(frozen=True, slots=True)
class EventTemplate:
    """The constant pieces of one route's events. `signed` routes pass no `Authorization` on: it was the gateway's to read."""

    head: bytes
    context: bytes
    http: bytes
    signed: bool

    @classmethod
    def of(cls, method: str, path: str, account_id: str, *, signed: bool) -> EventTemplate:
        key = orjson.dumps(f"{method} {path}")
        quoted = orjson.dumps(path)
        head = b'{"version":"2.0","routeKey":%b,"rawPath":%b,"rawQueryString":' % (key, quoted)
        context = b',"requestContext":{"apiId":"local","stage":"$default","accountId":%b,"routeKey":%b' % (orjson.dumps(account_id), key)
        http = b',"http":{"method":%b,"path":%b,"protocol":"HTTP/1.1","sourceIp":' % (orjson.dumps(method), quoted)
        return cls(head, context, http, signed)

    def build(self, request: HttpRequest, caller: Caller, request_id: str) -> bytes:
        """The event of `request` as JSON bytes. Raises BadRequest when its query cannot be decoded."""
        headers = self._headers(request)
        host = headers.get("host", "localhost")
        pieces = [self.head, orjson.dumps(request.query.decode("ascii", "replace")), b',"headers":', orjson.dumps(headers)]
        if request.cookies:
            pieces += [b',"cookies":', orjson.dumps(request.cookies)]
        if request.query:
            pieces += [b',"queryStringParameters":', orjson.dumps(request.parameters())]
        pieces += [self.context, caller.authorizer, b',"domainName":', orjson.dumps(host), b',"domainPrefix":', orjson.dumps(host.partition(".")[0])]
        pieces += [self.http, orjson.dumps(request.source_ip), b',"userAgent":', orjson.dumps(headers.get("user-agent", ""))]
        pieces += [b'},"requestId":"', request_id.encode(), _stamp(), _body(request.body, headers.get("content-type", "application/json"))]
        return b"".join(pieces)

    def _headers(self, request: HttpRequest) -> dict[str, str]:
        """The client's headers without those that only a gateway may set (`x-amzn-*`, `x-forwarded-*`), and with the gateway's own."""
        hidden = _SECRET if self.signed else _SECRET[:1]
        headers = {name: value for name, value in request.headers.items() if not name.startswith(_SPOOFABLE) and name not in hidden}
        headers["x-forwarded-for"] = request.source_ip
        headers["x-forwarded-proto"] = "http"
        return headers


def _body(body: bytes, content_type: str) -> bytes:
    if not body:
        return b',"isBase64Encoded":false}'
    if is_text(content_type):
        try:
            return b',"body":' + orjson.dumps(body.decode()) + b',"isBase64Encoded":false}'
        except UnicodeDecodeError:
            pass  # it calls itself text and is not: base64 keeps every byte
    return b',"body":"' + b64encode(body) + b'","isBase64Encoded":true}'


def is_text(content_type: str) -> bool:
    """Whether a body of this type is text to API Gateway; a missing type counts as JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith(_TEXT_TYPES) or kind.endswith(("+json", "+xml"))


class _Clock:
    """The event's `time`, formatted once a second."""

    second = -1
    text = b""


def _stamp() -> bytes:
    """The end of `requestContext`: `time` as `12/Mar/2020:19:03:58 +0000`, `timeEpoch` in milliseconds."""
    now = time.time()
    second = int(now)
    if second != _Clock.second:
        _Clock.second = second
        _Clock.text = time.strftime('","time":"%d/%b/%Y:%H:%M:%S +0000","timeEpoch":', time.gmtime(second)).encode()
    return b"%b%d}" % (_Clock.text, now * 1000)
