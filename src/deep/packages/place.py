"""Placing files into a property all or nothing: everything is staged beside it first, and one journal line makes it so.

The stage lies in `<property>/.deep/install/`, on the same disk, so that placing is renaming. Before the journal is written the property is as it was;
once it is, the installation happens: should the process die among the renames, the next command finishes them (`finish_interrupted`).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.frozen import dataclass
from deep.packages.interrupted import finish_interrupted, journal_path

SKIPPED = frozenset({".git", ".hg", ".svn", ".deep", "node_modules", "__pycache__"})
"""Folders that are never part of a package: histories, local state and what a tool can install again."""


@dataclass(frozen=True, slots=True)
class Move:
    """`staged` (below the stage) takes the place of `target` (below the property), whether that exists or not."""

    staged: Path
    target: Path


class Stage:
    """The folder in which an installation is prepared, and the act that makes it real."""

    def __init__(self, property_path: Path, folder: Path) -> None:
        self._property = property_path
        self.folder = folder

    def commit(self, moves: Sequence[Move]) -> None:
        """Makes all `moves` happen, or (before the journal is on the disk) none."""
        if not moves:
            return
        lines = [[_below(move.staged, self._property), _below(move.target, self._property)] for move in moves]
        journal = {"stage": _below(self.folder, self._property), "moves": lines}
        replace_file(journal_path(self._property), json.dumps(journal))
        finish_interrupted(self._property)


@contextmanager
def staging(property_path: Path) -> Iterator[Stage]:
    """A stage in the property, which is made if it does not exist and unmade again if nothing was placed into it.

    Raises EnvironmentProblem while another installation works on the same property.
    """
    missing = [folder for folder in (property_path, *property_path.parents) if not folder.exists()]
    work = property_path / ".deep" / "install"
    work.mkdir(parents=True, exist_ok=True)
    try:
        with _locked(work / "lock"):
            finish_interrupted(property_path)
            for stale in work.glob("stage-*"):
                shutil.rmtree(stale, ignore_errors=True)
            folder = Path(tempfile.mkdtemp(prefix="stage-", dir=work))
            try:
                yield Stage(property_path, folder)
            finally:
                if not journal_path(property_path).exists():
                    shutil.rmtree(folder, ignore_errors=True)
    finally:
        _remove_if_unused(property_path, missing)


def replace_file(path: Path, text: str) -> None:
    """Writes `text` to `path` so that a reader, also after a crash, finds the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def copy_package(source: Path, destination: Path) -> None:
    """Copies a microapplication's folder without histories, local state and installed modules. Raises ProjectError for links and special files."""
    for folder, folder_names, file_names in os.walk(source):
        folder_names[:] = sorted(name for name in folder_names if name not in SKIPPED)
        here = Path(folder)
        there = destination / here.relative_to(source)
        there.mkdir(parents=True)
        for name in file_names:
            _copy_file(here / name, there / name, here.relative_to(source) / name)
        for name in folder_names:
            if (here / name).is_symlink():
                raise _special(here.relative_to(source) / name)


def differences(left: Path, right: Path) -> list[str]:
    """The relative paths of files that only one of two folders has or whose content differs, sorted; what `copy_package` skips does not count."""
    ours, theirs = _files(left), _files(right)
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def _files(folder: Path) -> dict[str, bytes]:
    from hashlib import file_digest

    found: dict[str, bytes] = {}
    for here, folder_names, file_names in os.walk(folder):
        folder_names[:] = [name for name in folder_names if name not in SKIPPED]
        for name in file_names:
            path = Path(here) / name
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").digest()
    return found


def _copy_file(source: Path, destination: Path, shown: Path) -> None:
    if source.is_symlink() or not source.is_file():
        raise _special(shown)
    shutil.copyfile(source, destination)
    destination.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)


def _special(shown: Path) -> ProjectError:
    help_ = "replace the link by what it points to"
    return ProjectError(Problem("special-file", f"{shown} is a link or a special file; packages hold files and folders only", help=help_))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            help_ = "wait until it is done, or end that process"
            raise EnvironmentProblem(Problem("install-running", f"another installation works here (pid {holder})", help=help_)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _remove_if_unused(property_path: Path, missing: Sequence[Path]) -> None:
    """Takes away the folders that were made for an installation that never came to be."""
    if property_path in missing and [entry.name for entry in property_path.iterdir()] == [".deep"]:
        shutil.rmtree(property_path / ".deep")
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def _below(path: Path, property_path: Path) -> str:
    return path.relative_to(property_path).as_posix()
