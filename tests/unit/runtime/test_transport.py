"""The HTTP client: what it reads, what it refuses, and when it connects again."""

from __future__ import annotations

import pytest

from deep.runtime.transport import Origin, StaleConnectionError, TransportError, parse_head
from tests.fakes.scripted import HANG_UP, http_answer, scripted

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
OK = http_answer(200, b"ok")


def ask(*answers: bytes, idempotent: bool = True) -> bytes:
    with scripted(*answers) as server:
        origin = Origin(server.url, read_timeout_s=1)
        try:
            return origin.exchange(REQUEST, idempotent=idempotent).body
        finally:
            origin.close()


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (OK, b"ok"),
        (http_answer(400, b"x" * 600_000), b"x" * 600_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", b"ok"),
    ],
)
def test_reads_answers(answer: bytes, body: bytes) -> None:
    assert ask(answer) == body


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 2xx OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
        b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokXX",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
        HANG_UP,
    ],
)
def test_refuses_answers_of_two_readings(answer: bytes) -> None:
    with pytest.raises(TransportError):
        ask(answer)


def test_gives_up_on_silence() -> None:
    with pytest.raises(TransportError, match="half way"):
        ask(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", b"never asked for")


def test_keeps_the_connection() -> None:
    with scripted(OK, OK, OK) as server:
        origin = Origin(server.url)
        assert [origin.exchange(REQUEST).body for _ in range(3)] == [b"ok"] * 3
        assert server.connections == 1
        origin.close()


def test_does_not_keep_what_the_server_closes() -> None:
    closing = http_answer(200, b"ok", "Connection: close")
    with scripted(closing, closing, closes_after_each=True) as server:
        origin = Origin(server.url)
        assert [origin.exchange(REQUEST, idempotent=False).status for _ in range(2)] == [200, 200]
        assert server.connections == 2


def test_replaces_a_stale_connection() -> None:
    with scripted(OK, OK, closes_after_each=True) as server:
        origin = Origin(server.url)
        assert [origin.exchange(REQUEST).body for _ in range(2)] == [b"ok", b"ok"]
        assert (server.connections, len(server.requests)) == (2, 2)
        origin.close()


def test_a_request_that_must_not_be_repeated_is_not() -> None:
    with scripted(OK, HANG_UP, OK) as server:
        origin = Origin(server.url)
        origin.exchange(REQUEST, idempotent=False)
        with pytest.raises(StaleConnectionError):
            origin.exchange(REQUEST, idempotent=False)
        assert len(server.requests) == 2
        origin.close()


def test_unreachable_servers_are_named() -> None:
    with pytest.raises(TransportError, match=r"127\.0\.0\.1:1"):
        Origin("http://127.0.0.1:1").exchange(REQUEST)


@pytest.mark.parametrize("url", ["ftp://x", "x", "http://", "http://u@h", "http://h/path"])
def test_origins_are_plain(url: str) -> None:
    with pytest.raises(ValueError, match="not of the form"):
        Origin(url)


def test_origins_have_default_ports() -> None:
    told = [Origin(url) for url in ("https://a.b/", "http://a.b", "http://[::1]:80", "http://a:8")]
    assert [(origin.host, origin.port, origin.tls) for origin in told] == [
        ("a.b", 443, True),
        ("a.b", 80, False),
        ("::1", 80, False),
        ("a", 8, False),
    ]


def test_header_names_are_lower_case() -> None:
    assert parse_head(b"HTTP/1.1 200 OK\r\nX-Thing:  v \r\n".rstrip(b"\r\n")) == (200, {"x-thing": "v"})


def test_a_name_that_was_sound_once_is_looked_at_again() -> None:
    assert parse_head(b"HTTP/1.1 200 OK\r\nX-Seen: 1\r\nx-seen: 2")[1] == {"x-seen": "1"}
    for broken in (b"X-Seen", b"X-Seen : 1", b" X-Seen: 1", b": 1"):
        with pytest.raises(TransportError, match="broken header line"):
            parse_head(b"HTTP/1.1 200 OK\r\n" + broken)
