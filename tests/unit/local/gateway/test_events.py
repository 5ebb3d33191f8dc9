"""Events have the shape of API Gateway's payload format 2.0."""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode
from typing import Any

import pytest

from deep.local.gateway.events import EventTemplate, is_text
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import UNIDENTIFIED, Caller, caller_of
from deep.local.identity.principal import Principal

PATH = "/deep-todo/task/create"


def build(body: bytes = b"", query: bytes = b"", headers: dict[str, str] | None = None, caller: Caller = UNIDENTIFIED) -> Any:
    template = EventTemplate.of("POST", PATH, "123456789012", signed=True)
    target = PATH.encode() + (b"?" + query if query else b"")
    return json.loads(template.build(HttpRequest("POST", target, headers or {}, body), caller, "id-1"))


def test_the_whole_event() -> None:
    before = time.time()
    event = build(b"{}", b"a=1", {"host": "todo.localhost:8000", "user-agent": "curl", "cookie": "a=1; b=2", "x": "1,2"})
    context = event["requestContext"]
    assert event | {"requestContext": None} == {
        "version": "2.0",
        "routeKey": f"POST {PATH}",
        "rawPath": PATH,
        "rawQueryString": "a=1",
        "cookies": ["a=1", "b=2"],
        "headers": {"host": "todo.localhost:8000", "user-agent": "curl", "x": "1,2", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"},
        "queryStringParameters": {"a": "1"},
        "requestContext": None,
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert before * 1000 - 1 <= context.pop("timeEpoch") <= time.time() * 1000
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context.pop("time"))
    assert context == {
        "apiId": "local",
        "stage": "$default",
        "accountId": "123456789012",
        "routeKey": f"POST {PATH}",
        "domainName": "todo.localhost:8000",
        "domainPrefix": "todo",
        "http": {"method": "POST", "path": PATH, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "curl"},
        "requestId": "id-1",
    }


def test_what_is_absent_is_left_out() -> None:
    event = build()
    assert not {"body", "cookies", "queryStringParameters"} & event.keys()
    assert event["isBase64Encoded"] is False


def test_the_caller_is_where_iam_authorization_puts_it() -> None:
    event = build(caller=caller_of(Principal("unauthenticated", "us-east-1:x"), "us-east-1:pool", "123456789012"))
    identity = event["requestContext"]["authorizer"]["iam"]["cognitoIdentity"]
    assert identity == {"amr": ["unauthenticated"], "identityId": "us-east-1:x", "identityPoolId": "us-east-1:pool"}


@pytest.mark.parametrize(
    ("content_type", "body", "encoded"),
    [
        ("application/json", '{"a":"é\\u0000"}'.encode(), False),
        ("text/plain; charset=utf-8", "🎉 \u202e עברית".encode(), False),
        ("application/problem+json", b"{}", False),
        ("application/octet-stream", b"\x00\xff", True),
        ("application/x-www-form-urlencoded", b"a=1", True),
        ("application/json", b"\xff\xfe", True),
    ],
)
def test_bodies_arrive_byte_for_byte(content_type: str, body: bytes, encoded: bool) -> None:
    event = build(body, headers={"content-type": content_type})
    assert event["isBase64Encoded"] is encoded
    assert (b64decode(event["body"]) if encoded else event["body"].encode()) == body


def test_text_types() -> None:
    assert is_text("TEXT/HTML; charset=x")
    assert not is_text("image/png")
