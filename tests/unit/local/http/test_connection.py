"""Bytes on the wire: bad framing, sizes and stalled peers, each sent by hand. Threats L5, L6; bad inputs 66, 69, 72, 74."""

from __future__ import annotations

import asyncio
import re
import socket
import time

import pytest

from deep.local.http.connection import Connection
from deep.local.http.reception import Limits
from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from tests.fakes.http import Replying, parse_answer, read_to_end, serving
from tests.unit.local.http.framing import BAD_FRAMING, HEAD


async def sized(request: HttpRequest) -> Reply:
    return Reply(200, [], f"{request.path} {len(request.body)}".encode())


async def flood(request: HttpRequest) -> Reply:
    return Reply(200, [], b"x" * 100_000_000)


app = Replying(sized)


@pytest.mark.parametrize("request_bytes", BAD_FRAMING.values(), ids=BAD_FRAMING.keys())
def test_bad_framing_is_refused_and_closed(request_bytes: bytes) -> None:
    with serving(app) as http:
        answer = parse_answer(http.raw(request_bytes))
    assert answer.status == 400
    assert "message" in answer.json()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        (b"GET /\r\n\r\n", 505),
        (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 8200 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X%d: %s\r\n" % (n, b"a" * 1000) for n in range(11)) + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(101)) + b"\r\n", 431),
        (HEAD + b"Content-Length: 6291457\r\n\r\n", 413),
        (HEAD + b"Content-Length: 99999999999\r\n\r\n", 413),
    ],
)
def test_caps_answer_with_their_own_status(request_bytes: bytes, status: int) -> None:
    with serving(app) as http:
        assert parse_answer(http.raw(request_bytes)).status == status


def test_an_endless_header_is_refused_before_it_ends() -> None:
    with serving(app) as http, http.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        sent = 0
        try:
            for _ in range(100):
                connection.sendall(b"a" * 1024)
                sent += 1
                time.sleep(0.002)
        except OSError:
            pass
        assert parse_answer(read_to_end(connection)).status == 431
    assert sent <= 100


def test_headers_at_the_cap_are_served() -> None:
    with serving(app) as http:
        request = b"GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + b"X: " + b"a" * 8000 + b"\r\n\r\n"
        assert parse_answer(http.raw(request)).status == 200


def test_a_body_at_the_cap_is_served_and_a_chunked_one_above_it_is_not() -> None:
    cap = Limits().body_bytes
    with serving(app) as http:
        answer = http.ask("POST", "/a", b"x" * cap)
        assert (answer.status, answer.body) == (200, b"/a %d" % cap)
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with http.connect() as connection:
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 97)
            connection.shutdown(socket.SHUT_WR)
            assert parse_answer(read_to_end(connection)).status == 413


def test_a_refused_client_that_goes_on_sending_still_reads_the_refusal() -> None:
    with serving(app) as http, http.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 50000000\r\n\r\n" + b"x" * 3_000_000)
        assert parse_answer(read_to_end(connection)).status == 413


def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    """curl asks before it sends a large body."""
    with serving(app) as http, http.connect() as connection:
        connection.sendall(HEAD + b"Expect: 100-Continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert parse_answer(read_to_end(connection)).body == b"/a 3"


def test_keep_alive_and_pipelining_answer_in_order() -> None:
    one = b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serving(app) as http, http.connect() as connection:
        connection.sendall(b"".join(one % n for n in range(20)) + b"GET /end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        raw = read_to_end(connection)
    assert [raw.index(b"\r\n\r\n/%d 0" % n) for n in range(20)] == sorted(raw.index(b"\r\n\r\n/%d 0" % n) for n in range(20))
    assert raw.endswith(b"/end 0")


def test_a_long_burst_of_requests_is_answered_whole() -> None:
    """Far more than the cap of one request's headers, so that reads end in the middle of some."""
    one = b"POST /%04d HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1000 + b"\r\nContent-Length: 3\r\n\r\nabc"
    with serving(app) as http:
        raw = http.raw(b"".join(one % n for n in range(500)) + b"GET /end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert [raw.count(b"/%04d 3" % n) for n in range(500)] == [1] * 500
    assert raw.endswith(b"/end 0")


def test_trailers_never_become_headers() -> None:
    seen: list[dict[str, str]] = []

    async def keep(request: HttpRequest) -> Reply:
        seen.append(request.headers)
        return Reply(204, [], b"")

    with serving(Replying(keep)) as http:
        chunks = b"3\r\nabc\r\n0\r\nX-Amz-Security-Token: evil\r\nHost: evil\r\n\r\n"
        http.raw(HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert seen == [{"host": "localhost", "connection": "close", "transfer-encoding": "chunked"}]


def test_repeated_headers_are_joined_and_cookies_kept_apart() -> None:
    seen: list[HttpRequest] = []

    async def keep(request: HttpRequest) -> Reply:
        seen.append(request)
        return Reply(204, [], b"")

    with serving(Replying(keep)) as http:
        http.raw(HEAD + b"X: 1\r\nx: 2\r\nCookie: a=1; b=2\r\nCookie: c=3\r\nConnection: close\r\n\r\n")
    assert (seen[0].headers["x"], seen[0].cookies, "cookie" in seen[0].headers) == ("1,2", ["a=1", "b=2", "c=3"], False)


def test_requests_behind_a_slow_one_are_answered_in_order_and_none_is_lost() -> None:
    """Far more than Python's stack is deep wait, and are answered at once when their turn comes."""

    class Mixed:
        def serve(self, request: HttpRequest, connection: Connection) -> None:
            if request.path == "/slow":
                asyncio.get_running_loop().call_later(0.2, connection.answer, Reply(200, [], b"slow"))
            else:
                connection.answer(Reply(200, [], request.path.encode()))

    one = b"GET /%05d HTTP/1.1\r\nHost: a\r\n\r\n"
    burst = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + b"".join(one % n for n in range(3000))
    with serving(Mixed()) as http:
        raw = http.raw(burst + b"GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert re.findall(rb"\r\n\r\n/(\d{5})", raw) == [b"%05d" % n for n in range(3000)]
    assert raw.endswith(b"/end")


SHORT = Limits(header_s=0.4, body_idle_s=0.4, body_s=1.2, write_idle_s=0.5, linger_s=0.2)


def seconds_until_closed(sent: bytes, drip: bytes = b"") -> tuple[float, bytes]:
    with serving(app, SHORT) as http, http.connect() as connection:
        began = time.monotonic()
        connection.sendall(sent)
        connection.settimeout(0.15)
        raw = b""
        while time.monotonic() - began < 8:
            try:
                part = connection.recv(65536)
                if not part:
                    break
                raw += part
            except TimeoutError:
                try:
                    connection.sendall(drip)
                except OSError:
                    break
            except OSError:
                break
        return time.monotonic() - began, raw


@pytest.mark.parametrize("drip", [b"", b"a"], ids=["silent", "one byte at a time"])
def test_a_stalled_header_is_closed_at_its_deadline(drip: bytes) -> None:
    seconds, raw = seconds_until_closed(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", drip)
    assert seconds < 2
    assert parse_answer(raw).status == 408


def test_a_stalled_body_is_closed_at_its_deadline() -> None:
    seconds, raw = seconds_until_closed(HEAD + b"Content-Length: 100\r\n\r\nabc")
    assert seconds < 2
    assert parse_answer(raw).status == 408


def test_a_dripping_body_is_closed_in_the_end() -> None:
    seconds, raw = seconds_until_closed(HEAD + b"Content-Length: 100\r\n\r\nabc", b"x")
    assert 1 < seconds < 3
    assert parse_answer(raw).status == 408


def test_a_client_that_does_not_read_is_closed() -> None:
    with serving(Replying(flood), SHORT) as http, http.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(16) == b"HTTP/1.1 200 OK\r"
        deadline = time.monotonic() + 5
        while http.server.connections and time.monotonic() < deadline:
            time.sleep(0.05)
        assert http.server.connections == 0


def test_a_slow_function_is_not_mistaken_for_a_stalled_peer() -> None:
    async def slow(request: HttpRequest) -> Reply:
        await asyncio.sleep(1.5)
        return await sized(request)

    with serving(Replying(slow), SHORT) as http:
        assert http.ask("POST", "/a", b"abc").body == b"/a 3"


def test_more_connections_than_allowed_are_told_503() -> None:
    with serving(app, Limits(connections=3, linger_s=0.2)) as http:
        held = [http.connect() for _ in range(3)]
        time.sleep(0.1)
        assert parse_answer(http.raw(b"")).status == 503
        for connection in held:
            connection.close()
        time.sleep(0.1)
        assert http.ask("GET", "/a").status == 200
