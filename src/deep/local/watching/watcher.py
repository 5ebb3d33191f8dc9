"""Watches an app's folders and tells of edits in small batches, soon.

What the platform itself writes (`.deep/`) and what package managers unpack (`node_modules/`) is not watched at all, rather than watched and dropped:
a table's every write would wake us otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from watchfiles import Change, awatch

from deep.errors import Problem
from deep.frozen import dataclass
from deep.local.watching.changes import IGNORED, is_noise
from deep.model import App

STEP_MS = 25
"""Edits that follow each other within this time belong together (an editor's save is several)."""
DEBOUNCE_MS = 150

OnChange = Callable[[frozenset[Path]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """`flat` folders are watched without what is below them, `deep` ones with all of it."""

    flat: frozenset[Path]
    deep: frozenset[Path]


def watch_plan(app: App) -> WatchPlan:
    """The property and its microapplications: their own level flat, each folder in them deep; a frontend, with its `node_modules`, is split again."""
    flat = {app.path}
    deep: set[Path] = set()
    for microapp in app.microapps:
        flat.add(microapp.path)
        frontend = microapp.folders.frontend
        for folder in _folders(microapp.path):
            if folder == frontend:
                flat.add(folder)
                deep |= set(_folders(folder))
            else:
                deep.add(folder)
    return WatchPlan(frozenset(flat), frozenset(deep - flat))


def _folders(path: Path) -> Iterable[Path]:
    with suppress(OSError):
        return [entry for entry in path.iterdir() if entry.name not in IGNORED and entry.is_dir()]
    return []


class Watcher:
    """Calls `on_change` with the files of each batch, one batch at a time. `watch` sets, and later changes, what is watched."""

    def __init__(self, on_change: OnChange, on_problem: Callable[[Problem], None]) -> None:
        self._on_change = on_change
        self._on_problem = on_problem
        self._plan: WatchPlan | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stops: list[asyncio.Event] = []
        self._batches: asyncio.Queue[frozenset[Path]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None

    async def watch(self, plan: WatchPlan) -> None:
        """Watches according to `plan` from now on; nothing happens when it is the same as before."""
        if plan == self._plan:
            return
        old, self._plan = list(zip(self._tasks, self._stops, strict=True)), plan
        self._tasks, self._stops = [], []
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        for folders, recursive in ((plan.flat, False), (plan.deep, True)):
            if folders:
                stop = asyncio.Event()
                self._stops.append(stop)
                self._tasks.append(asyncio.create_task(self._read(folders, recursive=recursive, stop=stop)))
        for task, stop in old:
            stop.set()
            await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        for stop in self._stops:
            stop.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _read(self, folders: frozenset[Path], *, recursive: bool, stop: asyncio.Event) -> None:
        try:
            async for batch in _changes(folders, recursive=recursive, stop=stop):
                self._batches.put_nowait(batch)
        except (OSError, RuntimeError) as error:
            help_ = "edits need a restart to be seen; on Linux raise fs.inotify.max_user_watches"
            self._on_problem(Problem("cannot-watch", f"the app's folders cannot be watched: {error}", help=help_))

    async def _work(self) -> None:
        while True:
            batch = await self._batches.get()
            while not self._batches.empty():
                batch |= self._batches.get_nowait()
            await self._on_change(batch)


async def _changes(folders: frozenset[Path], *, recursive: bool, stop: asyncio.Event) -> AsyncIterator[frozenset[Path]]:
    def wanted(_: Change, path: str) -> bool:
        return not is_noise(Path(path))

    watching = awatch(
        *sorted(folders),
        watch_filter=wanted,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        stop_event=stop,
        rust_timeout=1000,
        recursive=recursive,
        ignore_permission_denied=True,
    )
    async for changes in watching:
        yield frozenset(Path(path) for _, path in changes)
