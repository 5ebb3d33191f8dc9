"""Engines are kept running on one port, and stopped cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from deep.errors import EnvironmentProblem
from deep.local.engines.child import Household, Launch
from deep.local.engines.supervised import Program, Supervised
from tests.fakes.sandboxes import exists, ignore

SERVER = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.{on_term})
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True: server.accept()[0].close()
"""


@pytest.fixture
async def household() -> AsyncIterator[Household]:
    household = Household()
    yield household
    await household.close()


def program(folder: Path, code: str) -> Program:
    return Program("the engine", lambda host, port: Launch([sys.executable, "-S", "-c", code, host, str(port)], folder, {}))


async def test_it_is_restarted_on_the_same_port(tmp_path: Path, household: Household) -> None:
    notes: list[str] = []
    server = Supervised(program(tmp_path, SERVER.format(on_term="SIG_DFL")), household, notes.append)
    await server.start()
    port, pid = server.port, server.pid
    assert pid is not None
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    await restarted(server, 1)
    assert time.monotonic() - began < 1
    assert server.port == port
    assert server.pid not in {None, pid}
    assert notes == ["the engine ended unexpectedly (code -9) and is started again"]
    await server.stop()


async def test_crash_upon_crash_is_survived(tmp_path: Path, household: Household) -> None:
    server = Supervised(program(tmp_path, SERVER.format(on_term="SIG_DFL")), household, ignore)
    await server.start()
    for times in range(1, 4):
        os.kill(server.pid or 0, signal.SIGKILL)
        await restarted(server, times)
    await server.stop()
    assert server.restarts == 3


async def test_stopping_asks_first(tmp_path: Path, household: Household) -> None:
    server = Supervised(program(tmp_path, SERVER.format(on_term="SIG_DFL")), household, ignore)
    await server.start()
    pid = server.pid or 0
    await server.stop()
    assert not exists(pid)
    assert server.restarts == 0


async def test_an_engine_that_does_not_come_up_tells_its_last_words(tmp_path: Path, household: Household) -> None:
    server = Supervised(program(tmp_path, "print('disk is full'); raise SystemExit(1)"), household, ignore)
    with pytest.raises(EnvironmentProblem, match="the engine did not start: disk is full"):
        await server.start()


async def restarted(server: Supervised, times: int) -> None:
    async with asyncio.timeout(5):
        while server.restarts < times:  # noqa: ASYNC110 - the supervisor tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is but one loopback address")
async def test_engines_are_not_where_a_web_page_would_look(tmp_path: Path, household: Household) -> None:
    """L3: engines have no guard of their own, so they listen on a loopback address drawn by lot."""
    addresses = {Supervised(program(tmp_path, SERVER), household, ignore).host for _ in range(20)}
    assert len(addresses) > 15
    assert all(ip_address(address).is_loopback for address in addresses)
    assert "127.0.0.1" not in addresses
