"""The sandboxes of one function: none until it is called, one more when calls have waited, fewer when it is quiet.

A call goes to a free sandbox at once. Else it waits in a bounded queue. When there has been a queue for `PATIENCE_S`, one more sandbox is started, up
to `ENOUGH`, and up to `max_sandboxes` while calls are slow. So a function called now and then is served by one warm process, a quick one under load
by as many as keep the machine's processors at work, and a slow one gets what it needs.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque

from deep.frozen import dataclass
from deep.local.functions import outcome
from deep.local.functions.launching import FunctionSpec, Workshop
from deep.local.functions.outcome import Failure
from deep.local.functions.sandbox import Call, Sandbox

PATIENCE_S = 0.02
ENOUGH = (os.cpu_count() or 1) + 1
"""Sandboxes that keep every processor at work: one runs on each, while another waits for its table."""
SLOW_S = 0.003
"""Calls that have run for so long, on average, are slow: more sandboxes carry out more of them. Quick ones would only share the processors."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How far a pool goes. A sandbox idle for `idle_s` ends; the last one of a function is kept for `last_idle_s`.

    `max_queue` lets each of the 10,000 connections the gateway holds wait its turn; what comes beyond is throttled at once.
    """

    max_sandboxes: int = 10
    max_queue: int = 10_000
    idle_s: float = 30.0
    last_idle_s: float = 600.0


class Pool:
    """One function's sandboxes and the calls that wait for them."""

    def __init__(self, spec: FunctionSpec, workshop: Workshop, limits: PoolLimits) -> None:
        self.spec = spec
        self.sandboxes: set[Sandbox] = set()
        self._workshop = workshop
        self._limits = limits
        self._ready: list[Sandbox] = []  # the last one freed is the warmest and is taken first
        self._queue: deque[Call] = deque()
        self._queued_since = 0.0  # when the queue was last empty
        self._generation = 0
        self._timer: asyncio.TimerHandle | None = None
        self._starts: set[asyncio.Task[None]] = set()
        self._grown_at = 0.0  # when the newest sandbox took its first call: waiting for its start is no reason to start another
        self._closed = False

    def submit(self, call: Call) -> None:
        """Runs the call now or as soon as a sandbox is free; its outcome arrives in its future."""
        if self._closed:
            call.fail("throttled", outcome.stopping())
        elif self._ready:
            self._ready.pop().begin(call)
        elif len(self._queue) >= self._limits.max_queue:
            call.fail("throttled", outcome.throttled())
        else:
            self._queued_since = self._queued_since if self._queue else call.arrived
            self._queue.append(call)
            self._grow()

    def refresh(self, spec: FunctionSpec) -> None:
        """The code or its settings changed: whoever is busy finishes, everything after runs anew. A pool in use starts one sandbox at once."""
        used = bool(self.sandboxes)
        self.spec = spec
        self._generation += 1
        for sandbox in self._ready:
            sandbox.kill()
        self._ready.clear()
        if used or self._queue:
            self._start()

    def retire(self, now: float) -> None:
        """Ends sandboxes that have been idle too long: the longest idle first, the last one much later."""
        while self._ready and now - self._ready[0].since > (self._limits.idle_s if len(self.sandboxes) > 1 else self._limits.last_idle_s):
            sandbox = self._ready.pop(0)
            self.sandboxes.discard(sandbox)
            sandbox.kill()

    def warm(self) -> None:
        """Starts the first sandbox before anybody asks."""
        if not self._closed and not self._current():
            self._start()

    async def idle(self) -> None:
        """Until no call waits and none is under way."""
        waiting = [call.future for call in self._queue]
        running = [sandbox.call.future for sandbox in self.sandboxes if sandbox.call is not None]
        if waiting or running:
            await asyncio.wait([*waiting, *running])

    async def ended(self) -> None:
        """After `close`: until every sandbox is gone."""
        await asyncio.gather(*self._starts)
        await asyncio.gather(*(sandbox.ended() for sandbox in self.sandboxes))

    def close(self, *, let_finish: bool = False) -> None:
        """Takes no more calls and ends its sandboxes; calls in the queue fail, and so do those under way unless `let_finish`."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for call in self._queue:
            call.fail("throttled", outcome.stopping())
        self._queue.clear()
        for sandbox in self.sandboxes:
            if not (let_finish and sandbox.state == "busy"):
                sandbox.kill()

    # --- what sandboxes tell (sandbox.Owner) ---

    def on_free(self, sandbox: Sandbox) -> None:
        if self._closed or sandbox.generation != self._generation:
            sandbox.kill()
            return
        if not sandbox.served:
            self._grown_at = sandbox.since
        while self._queue:
            call = self._queue.popleft()
            if not call.future.done():
                sandbox.begin(call)
                return
        self._ready.append(sandbox)

    def on_gone(self, sandbox: Sandbox, init_failure: Failure | None) -> None:
        self.sandboxes.discard(sandbox)
        if sandbox in self._ready:
            self._ready.remove(sandbox)
        if self._closed or sandbox.generation != self._generation:
            return
        if init_failure is not None:
            self._fail_queue(init_failure)
        elif sandbox.served and not self._current():
            self._start()  # replaced before it is missed; one that never served would only fail again

    # --- growing ---

    def _current(self) -> list[Sandbox]:
        return [sandbox for sandbox in self.sandboxes if sandbox.generation == self._generation and sandbox.state != "ended"]

    def _grow(self) -> None:
        if not self._current():
            self._start()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._on_patience)

    def _on_patience(self) -> None:
        self._timer = None
        while self._queue and self._queue[0].future.done():
            self._queue.popleft()
        if self._closed or not self._queue:
            return
        current = self._current()
        starting = any(sandbox.state == "starting" for sandbox in current)
        if not starting and len(current) < self._limits.max_sandboxes and self._helps(current, time.monotonic()):
            self._start()
        self._grow()

    def _helps(self, current: list[Sandbox], now: float) -> bool:
        """Whether one sandbox more would: there has been a queue before these, and not for want of processors."""
        if now - max(self._queued_since, self._grown_at) < PATIENCE_S:
            return False
        return len(current) < ENOUGH or sum(now - sandbox.since for sandbox in current) >= SLOW_S * len(current)

    def _start(self) -> None:
        sandbox = Sandbox(self.spec, self, self._generation)
        self.sandboxes.add(sandbox)
        task = asyncio.get_running_loop().create_task(sandbox.start(self._workshop))
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)

    def _fail_queue(self, failure: Failure) -> None:
        """The code cannot be loaded: whoever waits for it is told at once, instead of each trying in turn."""
        if self._current():
            return
        queue, self._queue = self._queue, deque()
        for call in queue:
            call.settle(failure)
