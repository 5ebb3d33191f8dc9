"""Dynoxide, a server of the DynamoDB protocol on SQLite: one small binary, ready in milliseconds.

Durability. Dynoxide opens SQLite in WAL mode with `synchronous=FULL`, an fsync for every write. We start it with syncs skipped (`without_fsync`) and
sync its files ourselves every `SYNC_EVERY_S` and at the stop. So an acknowledged write survives the death of every process; a power cut may take the
last seconds, and after one the file is checked before it is used. `DEEP_DURABLE=1` leaves Dynoxide its own syncs.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from deep.local.engines import without_fsync
from deep.local.engines.child import Household, Launch
from deep.local.engines.supervised import Program, Supervised

VARIABLE = "DEEP_DYNOXIDE"
DURABLE_VARIABLE = "DEEP_DURABLE"
FILE_NAME = "tables.db"
SYNC_EVERY_S = 2.0
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def package_name() -> str:
    """The npm package that carries the binary for this machine: `@dynoxide/linux-x64`."""
    machine = platform.machine().lower()
    return f"@dynoxide/{sys.platform}-{_MACHINES.get(machine, machine)}"


def places() -> tuple[Path, ...]:
    """Where the binary is looked for before the PATH: the environment's choice, our own package data, the repository's npm packages."""
    chosen = os.environ.get(VARIABLE)
    here = Path(__file__).resolve().parent
    packaged = (here / "bin" / "dynoxide", here.parents[3] / "node_modules" / package_name() / "dynoxide")
    return (Path(chosen), *packaged) if chosen else packaged


def find_binary() -> Path | None:
    """The first binary that can be executed; None when there is none."""
    for place in places():
        if os.access(place, os.X_OK) and place.is_file():
            return place
    found = shutil.which("dynoxide")
    return Path(found) if found else None


class Dynoxide:
    """The supervised engine; a `TableEngine`."""

    name = "Dynoxide"
    missing: tuple[str, ...] = ("deletion of expired items (TTL)",)

    def __init__(self, binary: Path, data: Path, household: Household, on_note: Callable[[str], None]) -> None:
        self.database = data / FILE_NAME
        self._binary = binary
        self._durable = os.environ.get(DURABLE_VARIABLE) == "1"
        self._server = Supervised(Program(self.name, self._launch_on), household, on_note)
        self._syncing: asyncio.Task[None] | None = None

    @property
    def endpoint(self) -> str:
        return self._server.endpoint

    @property
    def pid(self) -> int | None:
        """The engine's process; None while there is none."""
        return self._server.pid

    async def start(self) -> None:
        await self._server.start()
        if not self._durable:
            self._syncing = asyncio.get_running_loop().create_task(self._sync_now_and_then())

    async def stop(self) -> None:
        if self._syncing is not None:
            self._syncing.cancel()
            await asyncio.gather(self._syncing, return_exceptions=True)
        await self._server.stop()
        await asyncio.to_thread(self._sync)

    def _launch_on(self, host: str, port: int) -> Launch:
        argv = [str(self._binary), "--host", host, "--port", str(port), "--db-path", str(self.database)]
        if not self._durable and sys.platform == "linux":
            argv = [sys.executable, "-I", "-S", without_fsync.__file__, *argv]
        return Launch(argv, self.database.parent, {})

    async def _sync_now_and_then(self) -> None:
        synced = self._written_at()
        while True:
            await asyncio.sleep(SYNC_EVERY_S)
            written = self._written_at()
            if written != synced:
                synced = written
                await asyncio.to_thread(self._sync)

    def _files(self) -> tuple[Path, Path]:
        """The database before its log: a log that restarted must not reach the disk before the pages it was emptied into."""
        return self.database, self.database.with_name(f"{FILE_NAME}-wal")

    def _written_at(self) -> tuple[int, ...]:
        return tuple(file.stat().st_mtime_ns for file in self._files() if file.exists())

    def _sync(self) -> None:
        for file in self._files():
            if file.exists():
                # Opened to sync only; closing it gives up no lock of SQLite's, which belong to the engine's process.
                descriptor = os.open(file, os.O_RDWR)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)


def check_database(data: Path) -> Path | None:
    """After the machine itself went down: checks the tables' file and, should it be damaged, moves it aside; where to, or None when all is well."""
    database = data / FILE_NAME
    if not database.exists() or _is_sound(database):
        return None
    aside = database.with_name(f"{FILE_NAME}.damaged-{database.stat().st_mtime_ns}")
    for suffix in ("", "-wal", "-shm"):
        file = database.with_name(f"{FILE_NAME}{suffix}")
        if file.exists():
            file.rename(f"{aside}{suffix}")
    return aside


def _is_sound(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(database)) as connection:
            rows: list[tuple[str]] = connection.execute("PRAGMA quick_check").fetchall()
    except sqlite3.DatabaseError:
        return False
    return rows == [("ok",)]
