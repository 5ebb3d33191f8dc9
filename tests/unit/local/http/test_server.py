"""The HTTP server: its sockets, its limits, its stop. Threat L1; bad inputs 81, 86; R6, R7."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import threading
import time
from pathlib import Path

import pytest

from deep.errors import EnvironmentProblem, ExitCode
from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.http.server import bind, port_holder, raise_open_files
from tests.fakes.http import Replying, parse_answer, read_to_end, serving


async def hello(request: HttpRequest) -> Reply:
    return Reply(200, [], b"ok")


async def slow(request: HttpRequest) -> Reply:
    await asyncio.sleep(1)
    return await hello(request)


def test_only_loopback_is_listened_on() -> None:
    """Threat L1."""
    sockets = bind(0)
    try:
        addresses = {listener.getsockname()[0] for listener in sockets}
        assert addresses <= {"127.0.0.1", "::1"}
        assert len({listener.getsockname()[1] for listener in sockets}) == 1
    finally:
        for listener in sockets:
            listener.close()


def test_a_port_in_use_names_who_uses_it() -> None:
    """Parity 112."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentProblem) as raised:
            bind(port)
    problem = raised.value.problems[0]
    assert (raised.value.exit_code, problem.code) == (ExitCode.ENVIRONMENT, "port-in-use")
    assert f"(pid {os.getpid()})" in problem.message
    assert f"--port {port + 1}" in str(problem.help)


def test_a_port_taken_on_ipv6_alone_is_in_use_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken, pytest.raises(EnvironmentProblem, match="is used by"):
        bind(taken.getsockname()[1])


def test_nobody_holds_a_free_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        assert port_holder(port, tmp_path) is None
    assert port_holder(port) is None


def test_the_limit_of_open_files_is_raised_to_the_hard_one() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = raise_open_files()
    assert limit >= before[0]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == limit


def test_requests_in_flight_finish_and_the_port_is_free_after() -> None:
    """R6."""
    answers: list[bytes] = []
    with serving(Replying(slow)) as http:
        connections = [http.connect() for _ in range(50)]
        for connection in connections:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        idle = http.connect()
        readers = [threading.Thread(target=lambda kept=connection: answers.append(read_to_end(kept))) for connection in connections]
        for reader in readers:
            reader.start()
        time.sleep(0.3)
        port = http.port
    for reader in readers:
        reader.join(10)
    idle.close()
    for connection in connections:
        connection.close()
    assert [parse_answer(raw).status for raw in answers] == [200] * 50
    for listener in bind(port):
        listener.close()


@pytest.mark.slow
def test_thousands_of_connections_are_held_and_answered() -> None:
    """R7, as far as this process's own file limit goes: each connection takes two descriptors here."""
    count = min(4000, (raise_open_files() - 500) // 2)
    with serving(Replying(hello)) as http:
        connections = [http.connect() for _ in range(count)]
        for connection in connections:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answered = 0
        for connection in connections:
            answered += connection.recv(4096).startswith(b"HTTP/1.1 200")
            connection.close()
    assert answered == count
