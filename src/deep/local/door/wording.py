"""Refusals in AWS's own shapes: each family of services has one of its own, and SDKs raise from it the exceptions that code expects.

Sources: AWS, "AWS JSON 1.0 protocol", "AWS restJson1", "AWS Query protocol", "AWS restXml protocol" (Smithy 2.0); IAM User Guide, "Troubleshoot
access denied error messages", for the words.
"""

from __future__ import annotations

from html import escape
from typing import Literal, assert_never

import orjson

from deep.local.http.reply import Reply

Family = Literal["json", "rest-json", "query", "rest-xml"]
_REST_XML = frozenset(("s3", "cloudfront", "route53"))
_JSON_TYPE = b"application/x-amz-json-1.0"
_DENIED_STATUS: dict[Family, int] = {"json": 400, "rest-json": 403, "query": 403, "rest-xml": 403}


class Refused(Exception):
    """A call that is answered with a refusal: AWS's `code` (without a family's decorations), words and status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def family_of(service: str, headers: dict[str, str]) -> Family:
    """Which protocol a request speaks: what its headers say, else what its service is known for."""
    if "x-amz-target" in headers:
        return "json"
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded") or service in ("sts", "iam"):
        return "query"
    return "rest-xml" if service in _REST_XML else "rest-json"


def refusal(family: Family, error: Refused, request_id: str) -> Reply:
    """The error as the family's SDKs read it."""
    code, message, identifier = error.code, error.message, request_id.encode()
    match family:
        case "json":
            body = orjson.dumps({"__type": f"com.amazon.coral.service#{code}", "Message": message, "message": message})
            return Reply(error.status, [(b"content-type", _JSON_TYPE), (b"x-amzn-requestid", identifier)], body)
        case "rest-json":
            headers = [(b"content-type", b"application/json"), (b"x-amzn-errortype", code.encode("ascii", "replace"))]
            return Reply(error.status, [*headers, (b"x-amzn-requestid", identifier)], orjson.dumps({"Type": "User", "Message": message}))
        case "query":
            text = f"<ErrorResponse><Error><Type>Sender</Type>{_error(code, message)}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        case "rest-xml":
            text = f"<Error>{_error(code, message)}<RequestId>{request_id}</RequestId></Error>"
        case _:
            assert_never(family)
    return xml_reply(error.status, text, request_id)


def xml_reply(status: int, text: str, request_id: str) -> Reply:
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    return Reply(status, [(b"content-type", b"text/xml"), (b"x-amzn-requestid", request_id.encode())], document.encode())


def denied(family: Family, message: str) -> Refused:
    """What AWS calls it when policies do not allow something."""
    code = "AccessDenied" if family in ("query", "rest-xml") else "AccessDeniedException"
    return Refused(code, message, _DENIED_STATUS[family])


def denial_words(principal_arn: str, action: str, resource: str, *, explicit: bool) -> str:
    """`User: ... is not authorized to perform: ...`, as every service says it."""
    because = "with an explicit deny in an identity-based policy" if explicit else f"because no identity-based policy allows the {action} action"
    return f"User: {principal_arn} is not authorized to perform: {action} on resource: {resource} {because}"


def _error(code: str, message: str) -> str:
    return f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
