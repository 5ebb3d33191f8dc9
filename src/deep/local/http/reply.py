"""What the gateway sends back, and how a function's outcome becomes it: the rules of HTTP API's payload format 2.0.

A result with `statusCode` is the response. Any other JSON is a 200 with that JSON as its body. What is neither is a 502, which tells developers why.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from deep.frozen import dataclass
from deep.local.functions.outcome import Answer, Failure, Outcome

Headers = list[tuple[bytes, bytes]]

JSON_TYPE = (b"content-type", b"application/json")
TEXT_TYPE = (b"content-type", b"text/plain; charset=utf-8")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_HOP_BY_HOP = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"content-length", b"trailer", b"te", b"proxy-authenticate"))
_STATUS_OF = {"timeout": 504, "throttled": 429}
_MESSAGE_OF = {413: "Request Too Long", 504: "Endpoint request timed out"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; `content-length` is added when it is sent. `why` is what the log says of a failure."""

    status: int
    headers: Headers
    body: bytes
    why: str | None = None


def json_reply(status: int, document: Any, *headers: tuple[bytes, bytes]) -> Reply:
    return Reply(status, [JSON_TYPE, *headers], orjson.dumps(document))


def message_reply(status: int, message: str, *headers: tuple[bytes, bytes]) -> Reply:
    """`{"message": ...}`: how API Gateway words its own refusals."""
    return json_reply(status, {"message": message}, *headers)


class Malformed(Exception):
    """The function's result is not an HTTP response; says what is wrong with it."""


def reply_of(outcome: Outcome, *, development: bool) -> Reply:
    """An invocation's outcome as an HTTP answer."""
    if isinstance(outcome, Failure):
        return _failure_reply(outcome, development=development)
    try:
        return _answer_reply(outcome)
    except Malformed as error:
        return _gateway_error(502, "Runtime.MalformedResponse", str(error), development=development)


def _failure_reply(failure: Failure, *, development: bool) -> Reply:
    error_type, message = failure.fault["errorType"], failure.fault["errorMessage"]
    status = 413 if error_type == "RequestTooLargeException" else _STATUS_OF.get(failure.kind, 502)
    if failure.kind == "throttled":
        return Reply(429, [JSON_TYPE, (b"retry-after", b"1")], b'{"message":"Too Many Requests"}', message)
    reply = _gateway_error(status, error_type, message, development=development)
    place = fault_place(failure)
    return Reply(reply.status, reply.headers, reply.body, f"{reply.why} ({place})" if place else reply.why)


def _gateway_error(status: int, error_type: str, message: str, *, development: bool) -> Reply:
    document = {"message": _MESSAGE_OF.get(status, "Internal Server Error")}
    if development:
        document |= {"errorType": error_type, "errorMessage": message}
    return Reply(status, [JSON_TYPE], orjson.dumps(document), f"{error_type}: {message}")


_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


def fault_place(failure: Failure) -> str | None:
    """`src/Task/Create/handler.py:7`-like: where the code failed, the innermost frame that is the author's own. None when no frame is."""
    frames = [match.groups() for line in failure.fault.get("stackTrace", []) for match in _FRAME.finditer(line)]
    own = [(file, line) for file, line in frames if "/deep/runtime/" not in file and "/site-packages/" not in file and "/.deep/" not in file]
    if not own:
        return None
    file, line = own[-1]
    return f"{file}:{line}"


def _answer_reply(answer: Answer) -> Reply:
    try:
        result = orjson.loads(answer.payload)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"the result is not JSON: {error}") from error
    if not isinstance(result, dict) or "statusCode" not in result:
        return Reply(200, [JSON_TYPE], answer.payload)
    return Reply(_status(result["statusCode"]), _headers(result), _body(result))


def _status(status: Any) -> int:
    if type(status) is not int or not 200 <= status <= 599:
        raise Malformed(f"statusCode {orjson.dumps(status).decode()} is not a number from 200 to 599")
    return status


def _headers(result: Mapping[str, Any]) -> Headers:
    declared = result.get("headers") or {}
    cookies = result.get("cookies") or ()
    if not isinstance(declared, dict) or isinstance(cookies, str):
        raise Malformed("headers is not an object, or cookies is not a list")
    headers = [_header(name, value if isinstance(value, str) else orjson.dumps(value).decode()) for name, value in declared.items()]
    headers += [_header("set-cookie", str(cookie)) for cookie in cookies]
    names = {name for name, _ in headers}
    if not names.isdisjoint(_HOP_BY_HOP):
        headers = [header for header in headers if header[0] not in _HOP_BY_HOP]
    if b"content-type" not in names:
        headers.append(TEXT_TYPE)
    return headers


@lru_cache(maxsize=1024)
def _header(name: str, value: str) -> tuple[bytes, bytes]:
    """The header as bytes, checked. Functions send the same few over and over, hence the cache; exceptions are not cached."""
    try:
        raw_name, raw_value = name.encode("ascii").lower(), value.encode("latin-1")
    except UnicodeEncodeError:
        raise Malformed(f"the header {name!r} has characters that HTTP headers cannot carry") from None
    if not _NAME.match(raw_name) or _CONTROL.search(raw_value):
        raise Malformed(f"the header {name!r} has a line break or another control character, or its name is not a token")
    return raw_name, raw_value


def _body(result: Mapping[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed("body is not a string; use json.dumps, or return the value without statusCode")
    if not result.get("isBase64Encoded"):
        return body.encode()
    try:
        return b64decode(body, validate=True)
    except (NotBase64, ValueError):
        raise Malformed("isBase64Encoded is true and body is not base64") from None
