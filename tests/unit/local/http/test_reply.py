"""From a function's result to an HTTP answer: payload format 2.0's rules. Bad input 80."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deep.local.functions.outcome import Answer
from deep.local.http.reply import fault_place, reply_of
from tests.unit.local.conftest import failure


def answer(result: Any) -> Answer:
    return Answer(json.dumps(result).encode(), None, 1.0)


def test_a_proxy_result_is_the_response() -> None:
    result = {"statusCode": 201, "headers": {"Content-Type": "text/csv", "X-N": 1}, "body": "a,é", "cookies": ["a=1; Path=/", "b=2"]}
    reply = reply_of(answer(result), development=False)
    assert (reply.status, reply.body) == (201, "a,é".encode())
    assert reply.headers == [(b"content-type", b"text/csv"), (b"x-n", b"1"), (b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2")]


def test_a_base64_body_is_decoded() -> None:
    assert reply_of(answer({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}), development=False).body == b"\x00\xff"


def test_a_response_without_a_type_is_text() -> None:
    assert reply_of(answer({"statusCode": 200, "body": "x"}), development=False).headers == [(b"content-type", b"text/plain; charset=utf-8")]


@pytest.mark.parametrize("result", [{"a": 1}, [1], "text", 7, None, True])
def test_other_json_is_a_200_body(result: Any) -> None:
    reply = reply_of(answer(result), development=False)
    assert (reply.status, json.loads(reply.body)) == (200, result)


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "200"},
        {"statusCode": 999},
        {"statusCode": 100},
        {"statusCode": True},
        {"statusCode": None},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": 7},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"X": "a\r\nSet-Cookie: evil=1"}},
        {"statusCode": 200, "headers": {"X\r\nY": "a"}},
        {"statusCode": 200, "headers": {"X": "\u20ac"}},
        {"statusCode": 200, "headers": {"": "a"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": ["a\nb"]},
        {"statusCode": 200, "body": "not base64!", "isBase64Encoded": True},
    ],
)
def test_a_malformed_response_is_502_and_says_why_in_development_only(result: Any) -> None:
    told = reply_of(answer(result), development=True)
    assert (told.status, json.loads(told.body)["errorType"]) == (502, "Runtime.MalformedResponse")
    silent = reply_of(answer(result), development=False)
    assert (silent.status, json.loads(silent.body)) == (502, {"message": "Internal Server Error"})
    assert silent.why is not None


def test_the_function_cannot_break_the_framing() -> None:
    headers = {"Content-Length": "5", "Transfer-Encoding": "chunked", "Connection": "upgrade", "X": "y"}
    reply = reply_of(answer({"statusCode": 200, "headers": headers, "body": "abc"}), development=False)
    assert [name for name, _ in reply.headers] == [b"x", b"content-type"]


def test_bytes_that_are_not_json_are_502() -> None:
    assert reply_of(Answer(b"{oops", None, 1.0), development=True).status == 502


def test_an_event_too_large_is_413() -> None:
    assert reply_of(failure("too-large", "RequestTooLargeException"), development=True).status == 413
    assert reply_of(failure("too-large", "Function.ResponseSizeTooLarge"), development=True).status == 502


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        (['  File "/app/a.py", line 3, in f\n    x\n', '  File "/app/b.py", line 9, in g\n'], "/app/b.py:9"),
        (['  File "/app/a.py", line 3, in f\n', '  File "/l/deep/runtime/db.py", line 9, in g\n'], "/app/a.py:3"),
        (['  File "/l/deep/runtime/db.py", line 9, in g\n'], None),
        ([], None),
    ],
)
def test_the_place_of_a_fault_is_the_authors_innermost_line(stack: list[str], place: str | None) -> None:
    assert fault_place(failure("fault", "E", "m", *stack)) == place
