"""DynamoDB at the door: what a call needs is read from its body, judged, and what was judged is what the engine gets."""

from __future__ import annotations

from functools import lru_cache

import orjson

from deep.local.door.advice import Denial
from deep.local.door.call import Call, json_object
from deep.local.door.wording import Refused

_TARGET = "DynamoDB_20120810."
_CREDENTIAL = "Credential=local/20260101/us-east-1/dynamodb/aws4_request"
"""Signatures are for show at the engine: it looks for their form alone."""


def judged_request(call: Call) -> bytes:
    """The HTTP request for the engine, if the call is allowed. Raises Refused.

    The body is written anew from what was judged: a member that occurs twice cannot mean one thing here and another there.
    """
    target = call.asked.headers.get("x-amz-target", "")
    operation = target.removeprefix(_TARGET)
    if operation == target or not (operation.isascii() and operation.isalnum()):
        raise Refused("UnknownOperationException", f"the table engine knows no operation {target[:100]!r}")
    request = json_object(call.asked.body)
    refused = call.policies.refused_table_access(call.worker, operation, request)
    if refused is not None:
        raise call.refuse(Denial(call.worker, *refused))
    body = orjson.dumps(request)
    return b"%b%d\r\n\r\n%b" % (_head(operation), len(body), body)


@lru_cache(maxsize=256)
def _head(operation: str) -> bytes:
    lines = (
        "POST / HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/x-amz-json-1.0",
        f"X-Amz-Target: {_TARGET}{operation}",
        "X-Amz-Date: 20260101T000000Z",
        f"Authorization: AWS4-HMAC-SHA256 {_CREDENTIAL}, SignedHeaders=host, Signature=0",
        "Content-Length: ",
    )
    return "\r\n".join(lines).encode()
