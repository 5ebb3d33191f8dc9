"""The property's `.deep/` folder: what the platform keeps on disk, and the lock that lets one platform at a time keep it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from deep.bundle.cache_folder import FOLDER, hide_from_git
from deep.errors import EnvironmentProblem, Problem
from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds, or last held, a data folder. `boot` names the machine's run; another one means the machine itself went down meanwhile."""

    pid: int
    started: str
    boot: str


class DataDir:
    """The open, locked data folder of a property. A context manager; leaving it gives the lock back.

    The lock is the kernel's (flock), so it ends with its process however that ends: there is no stale lock to clean up. The file's content only tells
    people who holds it.
    """

    def __init__(self, path: Path, descriptor: int, previous: Holder | None) -> None:
        self.path = path
        self.previous = previous
        """Who held the folder before and did not give it back, as a crash leaves it. None after a clean stop."""
        self._descriptor = descriptor

    @classmethod
    def open(cls, property_path: Path) -> DataDir:
        """Makes the folder if need be and locks it. Raises EnvironmentProblem when another platform holds it or it cannot be written."""
        path = data_folder(property_path)
        try:
            descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _read(descriptor)
            os.close(descriptor)
            raise EnvironmentProblem(_held(path, holder)) from error
        previous = _read(descriptor)
        _write(descriptor, f"{json.dumps(_ourselves())}\n")
        return cls(path, descriptor, previous)

    @property
    def machine_went_down(self) -> bool:
        """Whether the machine itself crashed or lost power under the last platform here; files survive that less surely than a killed process."""
        return self.previous is not None and self.previous.boot != _boot_id()

    def folder(self, name: str) -> Path:
        """A folder below, made if need be."""
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        """Gives the lock back. Calling it twice is fine."""
        if self._descriptor >= 0:
            _write(self._descriptor, "")
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def data_folder(property_path: Path) -> Path:
    """The property's data folder, made if need be, without locking it. Raises EnvironmentProblem when it cannot be written."""
    path = property_path / FOLDER
    try:
        path.mkdir(exist_ok=True)
        hide_from_git(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> EnvironmentProblem:
    help_ = "the platform keeps its tables there; make the folder writable"
    return EnvironmentProblem(Problem("data-folder", f"cannot write {path}: {error.strerror}", file=str(path), help=help_))


def _held(path: Path, holder: Holder | None) -> Problem:
    who = f"process {holder.pid}, started {holder.started}" if holder else "another process"
    kill = f"; stop it with Ctrl-C, or: kill {holder.pid}" if holder else ""
    return Problem(
        "data-folder-held",
        f"a platform already runs on this property ({who})",
        file=str(path),
        help=f"one platform at a time keeps a property's tables{kill}",
    )


def _ourselves() -> dict[str, object]:
    from datetime import UTC, datetime

    return {"pid": os.getpid(), "started": datetime.now(UTC).isoformat(timespec="seconds"), "boot": _boot_id()}


def _boot_id() -> str:
    """A name of the machine's current run; empty where the system has none, then crashes of the machine are not told from others."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _read(descriptor: int) -> Holder | None:
    content = os.pread(descriptor, 4096, 0)
    try:
        told = json.loads(content)
        return Holder(int(told["pid"]), str(told["started"]), str(told["boot"]))
    except (ValueError, KeyError, TypeError):
        return None


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
