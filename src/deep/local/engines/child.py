"""Processes the platform starts: each in a session of its own, with its output read as lines and its end noticed at once.

The only place, beside the engines, that starts processes. `Household` is all of them; closing it leaves none behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from deep.frozen import dataclass
from deep.local.engines import warden
from deep.local.engines.loglines import LineSplitter

READ_BYTES = 64 * 1024
PARTIAL_LINE_S = 0.05
"""How long the beginning of a line waits for the rest before it is told as it is."""
CLOSE_S = 5.0
OPEN_FILES = 1024
"""Lambda's number of file descriptors in a function (AWS Lambda quotas)."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start. `environment` is the whole of it, nothing is inherited. `memory_bytes` caps private memory (None: no cap)."""

    argv: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom to tell: `on_line` of every line the process prints, `on_exit` of its end (the return code; negative for a signal)."""

    on_line: Callable[[str], None]
    on_exit: Callable[[int], None]


class Child:
    """A running process. Its end kills what it started, too."""

    def __init__(self, popen: subprocess.Popen[bytes], watcher: Watcher, household: Household, mark: str) -> None:
        self.pid = popen.pid
        self.returncode: int | None = None
        self._popen = popen
        self._watcher = watcher
        self._household = household
        self._mark = mark
        self._loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        self._lines = LineSplitter()
        self._flush_timer: asyncio.TimerHandle | None = None
        self._pidfd: int | None = None
        self._output: int | None = self._take_output()
        self._watch_end()

    def kill(self) -> None:
        """SIGKILL to the process and its group, at once. Its end is noticed as any other."""
        if self.returncode is None:
            warden.kill_group(self.pid)

    def terminate(self) -> None:
        """SIGTERM to the process alone: a request to stop cleanly."""
        if self.returncode is None:
            self._popen.terminate()

    async def wait(self) -> None:
        """Until the process is gone and its exit was told."""
        await self._gone.wait()

    def drain(self) -> None:
        """Reads what was printed so far without waiting, so that the lines of an invocation are told before its answer."""
        if self._output is not None:
            self._read()

    def _take_output(self) -> int:
        pipe = self._popen.stdout
        if pipe is None:
            raise ValueError("a child needs its output piped")
        output = os.dup(pipe.fileno())
        pipe.close()
        os.set_blocking(output, False)
        self._loop.add_reader(output, self._read)
        return output

    def _read(self) -> None:
        if self._output is None:
            return
        try:
            data = os.read(self._output, READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._close_output()
            return
        for line in self._lines.feed(data):
            self._watcher.on_line(line)
        if self._lines.pending and self._flush_timer is None:
            self._flush_timer = self._loop.call_later(PARTIAL_LINE_S, self._flush)

    def _flush(self) -> None:
        self._flush_timer = None
        for line in self._lines.flush():
            self._watcher.on_line(line)

    def _close_output(self) -> None:
        if self._output is not None:
            self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = None
        if self._flush_timer is not None:
            self._flush_timer.cancel()
        self._flush()

    def _watch_end(self) -> None:
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._pidfd = os.pidfd_open(self.pid)
                self._loop.add_reader(self._pidfd, self._on_end)
                return
        threading.Thread(target=self._wait_in_thread, daemon=True).start()

    def _wait_in_thread(self) -> None:
        if hasattr(os, "waitid"):
            # WNOWAIT leaves the process unreaped, so that its id cannot be given away before its group is killed.
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._popen.wait()
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            self._loop.call_soon_threadsafe(self._on_end)

    def _on_end(self) -> None:
        if self.returncode is not None:
            return
        if self._pidfd is not None:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
        warden.kill_group(self.pid)
        self.returncode = self._popen.wait()
        self._read_rest()
        self._household.forget(self, self._mark)
        self._gone.set()
        self._watcher.on_exit(self.returncode)

    def _read_rest(self) -> None:
        """The last words. Bounded, because a grandchild that escaped may still be printing."""
        for _ in range(64):
            if self._output is None:
                return
            self._read()
        self._close_output()


@dataclass(slots=True)
class Household:
    """Every process the platform runs. `await close()` kills them all; should the platform die before, the warden does."""

    mark: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(8)}")
    _children: set[Child] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _sweeps: set[asyncio.Future[int]] = field(default_factory=set)
    _warden: subprocess.Popen[bytes] | None = None

    def start(self, launch: Launch, watcher: Watcher) -> Child:
        """Starts a process; its output and end come through the running loop. Raises OSError when it cannot be started."""
        mark = f"{self.mark}-{next(self._numbers)}-"
        guard = self._warden or self._start_warden()
        popen = subprocess.Popen(
            list(launch.argv),
            cwd=launch.cwd,
            env={**launch.environment, warden.MARK_VARIABLE: mark},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=launch.pass_fds,
            start_new_session=True,
        )
        _tell(guard, f"+{popen.pid}\n")
        _limit(popen.pid, launch.memory_bytes)
        child = Child(popen, watcher, self, mark)
        self._children.add(child)
        return child

    def forget(self, child: Child, mark: str) -> None:
        """Called by a child at its end: what it left in sessions of their own is killed off the loop."""
        self._children.discard(child)
        if self._warden is not None:
            _tell(self._warden, f"-{child.pid}\n")
        sweep = asyncio.get_running_loop().run_in_executor(None, warden.kill_marked, mark)
        self._sweeps.add(sweep)
        sweep.add_done_callback(self._sweeps.discard)

    @property
    def warden_runs(self) -> bool:
        """Whether the warden is there; it comes with the first process."""
        return self._warden is not None and self._warden.poll() is None

    async def close(self) -> None:
        """Kills everything and waits until it is gone (at most 5 s for a process the kernel will not let go)."""
        waits = [asyncio.ensure_future(child.wait()) for child in self._children]
        for child in tuple(self._children):
            child.kill()
        if waits:
            await asyncio.wait(waits, timeout=CLOSE_S)
        await asyncio.gather(*self._sweeps)
        await asyncio.to_thread(self._dismiss_warden)

    def _start_warden(self) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-I", "-S", warden.__file__, self.mark]
        self._warden = subprocess.Popen(argv, env={}, stdin=subprocess.PIPE, start_new_session=True)
        return self._warden

    def _dismiss_warden(self) -> None:
        guard, self._warden = self._warden, None
        if guard is not None and guard.stdin is not None:
            with contextlib.suppress(OSError):
                guard.stdin.close()
            guard.wait(CLOSE_S)


def _tell(guard: subprocess.Popen[bytes], line: str) -> None:
    if guard.stdin is not None:
        # A warden somebody killed is no reason to fail an invocation; sweeps and groups still work while the platform lives.
        with contextlib.suppress(OSError):
            os.write(guard.stdin.fileno(), line.encode())


def _limit(pid: int, memory_bytes: int | None) -> None:
    """Limits are set on the new process from outside: nothing runs between fork and exec, so starting stays cheap and safe among threads."""
    if not hasattr(resource, "prlimit"):
        return
    with contextlib.suppress(OSError, ValueError):  # it may be gone already; its exit is told elsewhere
        hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard) if hard >= 0 else OPEN_FILES, hard))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
        if memory_bytes is not None:
            # RLIMIT_DATA counts private writable memory; RLIMIT_AS would count what allocators and libraries only reserve.
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
