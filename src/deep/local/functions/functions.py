"""All functions of an app, ready to be invoked: the local platform's Lambda."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from uuid import uuid4

from deep.local.engines.child import CLOSE_S, Household
from deep.local.functions import outcome
from deep.local.functions.launching import FunctionSpec, Workshop
from deep.local.functions.outcome import Outcome
from deep.local.functions.pool import Pool, PoolLimits
from deep.local.functions.sandbox import Call
from deep.wire.frames import MAX_PAYLOAD_BYTES

TICK_S = 0.02
"""How often busy sandboxes are held to their deadlines; a fifth of the lateness allowed."""
WEIGH_EVERY = 5
RETIRE_EVERY_S = 5.0

__all__ = ["FunctionSpec", "Functions", "UnknownFunction"]


class UnknownFunction(LookupError):
    """No function has this identifier."""


class Functions:
    """Every function of an app with its pool of sandboxes. Needs a running loop.

    `layer` is the folder `layer.build_layer` made; `on_log(identifier, line)` is told every line that functions print.
    """

    def __init__(
        self,
        specs: Mapping[str, FunctionSpec],
        layer: Path,
        on_log: Callable[[str, str], None],
        limits: PoolLimits | None = None,
        household: Household | None = None,
    ) -> None:
        """`household`: whose processes these are; without one, they are their own and end with `close`."""
        self._owns_household = household is None
        self._workshop = Workshop(layer, household or Household(), on_log)
        self._limits = limits or PoolLimits()
        self._pools = {identifier: Pool(spec, self._workshop, self._limits) for identifier, spec in specs.items()}
        self._old_pools: list[Pool] = []
        self._watch: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def invoke(self, identifier: str, event: bytes, *, identity_id: str | None = None, request_id: str | None = None) -> asyncio.Future[Outcome]:
        """Runs a function with an event (JSON text); its outcome is in the future. Raises UnknownFunction.

        `request_id` must be free of quotes and backslashes, as a UUID is. Cancelling the future does not stop the function.
        """
        pool = self._pools.get(identifier)
        if pool is None:
            raise UnknownFunction(identifier)
        call = Call(event, request_id or str(uuid4()), identity_id, asyncio.get_running_loop().create_future())
        if len(event) > MAX_PAYLOAD_BYTES:
            call.fail("too-large", outcome.event_too_large(len(event)))
        else:
            pool.submit(call)
            self._keep_watch()
        return call.future

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._pools

    def refresh(self, identifiers: Iterable[str]) -> None:
        """These functions' code changed: their sandboxes finish what they do, new ones serve everything that comes from now on."""
        for identifier in identifiers:
            pool = self._pools[identifier]
            pool.refresh(pool.spec)
        self._keep_watch()

    def replace(self, specs: Mapping[str, FunctionSpec]) -> None:
        """The app changed: takes up new functions, drops those that are gone, and refreshes those whose specification differs."""
        for identifier in self._pools.keys() - specs.keys():
            pool = self._pools.pop(identifier)
            pool.close(let_finish=True)
            self._old_pools.append(pool)
        for identifier, spec in specs.items():
            known = self._pools.get(identifier)
            if known is None:
                self._pools[identifier] = Pool(spec, self._workshop, self._limits)
            elif known.spec != spec:
                known.refresh(spec)
        self._keep_watch()

    def warm(self, identifiers: Iterable[str]) -> None:
        """Starts a sandbox for each of these functions before anybody asks."""
        for identifier in identifiers:
            self._pools[identifier].warm()
        self._keep_watch()

    def retire_idle(self) -> None:
        """Ends sandboxes that have been idle for long; done by itself every few seconds."""
        now = time.monotonic()
        for pool in self._pools.values():
            pool.retire(now)
        self._old_pools = [pool for pool in self._old_pools if pool.sandboxes]

    @property
    def process_count(self) -> int:
        """How many sandboxes exist now."""
        return sum(len(pool.sandboxes) for pool in self._pools.values())

    async def close(self, grace_s: float = 0.0) -> None:
        """Waits up to `grace_s` for invocations under way, then ends everything: no process is left when it returns."""
        pools = (*self._pools.values(), *self._old_pools)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await asyncio.gather(*(pool.idle() for pool in pools))
        for pool in pools:
            pool.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(pool.ended() for pool in pools)), CLOSE_S)
        if self._owns_household:
            await self._workshop.household.close()

    def _keep_watch(self) -> None:
        """The watch sleeps when nothing runs, so that an idle platform uses no processor."""
        if not self._wake.is_set():
            self._wake.set()
            if self._watch is None:
                self._watch = asyncio.get_running_loop().create_task(self._watch_sandboxes())

    async def _watch_sandboxes(self) -> None:
        retire_at = time.monotonic() + RETIRE_EVERY_S
        for tick in itertools.count():
            now = time.monotonic()
            if now >= retire_at:
                retire_at = now + RETIRE_EVERY_S
                self.retire_idle()
            if self._check_all(now, weigh=tick % WEIGH_EVERY == 0):
                await asyncio.sleep(TICK_S)
            else:
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), RETIRE_EVERY_S)

    def _check_all(self, now: float, *, weigh: bool) -> bool:
        """Holds every starting or busy sandbox to its limits; whether there is one."""
        active = [
            sandbox for pool in (*self._pools.values(), *self._old_pools) for sandbox in pool.sandboxes if sandbox.state in {"starting", "busy"}
        ]
        for sandbox in active:
            sandbox.check(now, weigh=weigh)
        return bool(active)
