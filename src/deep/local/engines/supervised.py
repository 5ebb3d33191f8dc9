"""A server program kept running: started on a free loopback port, waited for, restarted on the same port when it dies, stopped cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import sys
import time
from collections.abc import Callable

from deep.errors import EnvironmentProblem, Problem
from deep.frozen import dataclass
from deep.local.engines.child import Child, Household, Launch, Watcher

READY_S = 10.0
STOP_S = 5.0
POLL_S = 0.004
BACKOFF_S = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0)
"""Waits before restarts that follow each other; the last one repeats."""
CALM_S = 10.0
"""After this long without a crash, the waits begin anew."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is kept running: a name for messages, and how to start it on a given address and port."""

    name: str
    launch_on: Callable[[str, int], Launch]


class Supervised:
    """One program, supervised. `on_note` is told of crashes and of what the program prints."""

    def __init__(self, program: Program, household: Household, on_note: Callable[[str], None]) -> None:
        self.host = _loopback_address()
        self.port = 0
        self.restarts = 0
        self._program = program
        self._household = household
        self._on_note = on_note
        self._child: Child | None = None
        self._stopping = False
        self._restarting: asyncio.Task[None] | None = None
        self._ready_at = 0.0
        self._crashes = 0
        self._last_words = ""

    @property
    def endpoint(self) -> str:
        """Its URL on this machine; stays the same for as long as this object lives."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The program's process; None while there is none."""
        return self._child.pid if self._child is not None and self._child.returncode is None else None

    async def start(self) -> None:
        """Returns when the program answers. Raises EnvironmentProblem, with the program's last words, when it does not come up."""
        self.port = _free_port(self.host)
        self._launch()
        if not await self._answers():
            self._stopping = True
            if self._child is not None:
                self._child.kill()
            detail = f": {self._last_words}" if self._last_words else ""
            raise EnvironmentProblem(Problem("engine-failed", f"{self._program.name} did not start{detail}"))

    async def stop(self) -> None:
        """Asks the program to stop and waits; kills it when it does not within 5 s."""
        self._stopping = True
        if self._restarting is not None:
            self._restarting.cancel()
            await asyncio.gather(self._restarting, return_exceptions=True)
        child = self._child
        if child is None or child.returncode is not None:
            return
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), STOP_S)
        except TimeoutError:
            child.kill()
            await child.wait()

    def _launch(self) -> None:
        watcher = Watcher(self._on_line, self._on_exit)
        self._child = self._household.start(self._program.launch_on(self.host, self.port), watcher)

    def _on_line(self, line: str) -> None:
        self._last_words = line or self._last_words

    def _on_exit(self, returncode: int) -> None:
        if self._stopping or self._restarting is not None or not self._ready_at:
            return
        self._on_note(f"{self._program.name} ended unexpectedly (code {returncode}) and is started again")
        self._restarting = asyncio.get_running_loop().create_task(self._restart())

    async def _restart(self) -> None:
        if time.monotonic() - self._ready_at > CALM_S:
            self._crashes = 0
        while not self._stopping:
            await asyncio.sleep(BACKOFF_S[min(self._crashes, len(BACKOFF_S) - 1)])
            self._crashes += 1
            try:
                self._launch()
            except OSError as error:
                self._on_note(f"{self._program.name} cannot be started: {error}")
                continue
            if await self._answers():
                self.restarts += 1
                break
        self._restarting = None

    async def _answers(self) -> bool:
        """Polls until the port takes connections; False when the process is gone or the time is up."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self.pid is not None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(self.host, self.port)
                writer.close()
                await writer.wait_closed()
                if self.pid is not None:
                    self._ready_at = time.monotonic()
                    return True
            await asyncio.sleep(POLL_S)
        return False


def _loopback_address() -> str:
    """An address of this machine's own that nobody can guess, where there is more than one (Linux has all of 127.0.0.0/8).

    Engines answer whoever calls, web pages of any origin too (Dynoxide sends `Access-Control-Allow-Origin: *`). A page would have to find one of
    16 million addresses and then the port.
    """
    if sys.platform != "linux":
        return "127.0.0.1"
    return f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
