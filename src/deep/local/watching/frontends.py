"""Frontends that are built: a `package.json` with a `build` script, whose result goes to `_build/`. Built when sources are newer than the result."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.local.engines.npm import run_npm
from deep.model import App

BUILD = "_build"
_NOT_SOURCES = frozenset((BUILD, "node_modules", ".git"))


@dataclass(frozen=True, slots=True)
class Frontend:
    """A frontend folder with a build script, and the microapplication it is of."""

    microapp: str
    folder: Path


def built_frontends(app: App) -> tuple[Frontend, ...]:
    """The frontends of the app that have a build script."""
    folders = [(microapp.identifier, microapp.folders.frontend) for microapp in app.microapps]
    return tuple(Frontend(identifier, folder) for identifier, folder in folders if folder is not None and _has_build_script(folder))


def is_stale(frontend: Frontend) -> bool:
    """Whether `_build/` is missing or older than a source."""
    built = max(_times(frontend.folder / BUILD, frozenset()), default=0)
    return not built or built < max(_times(frontend.folder, _NOT_SOURCES), default=0)


async def build_frontends(frontends: Iterable[Frontend], on_step: Callable[[str], None]) -> tuple[Problem, ...]:
    """Builds what is stale, one after the other. A build that cannot run although there is an older result is only told as a problem.

    Raises ProjectError with the last lines of a failed build that has no older result, and EnvironmentProblem where npm itself is missing then.
    """
    problems: list[Problem] = []
    for frontend in frontends:
        if not await asyncio.to_thread(is_stale, frontend):
            continue
        try:
            await _build(frontend, on_step)
        except (ProjectError, EnvironmentProblem) as error:
            if not (frontend.folder / BUILD).is_dir():
                raise
            problems += error.problems
    return tuple(problems)


async def _build(frontend: Frontend, on_step: Callable[[str], None]) -> None:
    folder = frontend.folder
    if _needs_install(folder):
        on_step(f"installing the frontend of {frontend.microapp}")
        command = "ci" if (folder / "package-lock.json").exists() else "install"
        # Packages bring no scripts of their own: the build script below is the app's, and all that runs.
        await _npm(frontend, [command, "--ignore-scripts", "--no-audit"], on_step)
    on_step(f"building the frontend of {frontend.microapp}")
    await _npm(frontend, ["run", "build", "--silent"], on_step)
    if (folder / BUILD).is_dir():
        os.utime(folder / BUILD)  # a build that changed nothing is fresh, too


async def _npm(frontend: Frontend, arguments: list[str], on_step: Callable[[str], None]) -> None:
    code, said = await run_npm(arguments, frontend.folder, lambda line: on_step(f"{frontend.microapp}: {line}"))
    if code != 0:
        message = f"npm {' '.join(arguments)} failed for the frontend of {frontend.microapp} (exit code {code}):\n{said}"
        help_ = "correct what it names; --skip-frontend-build serves the sources as they are"
        raise ProjectError(Problem("frontend-build", message, file=str(frontend.folder / "package.json"), help=help_))


def _has_build_script(folder: Path) -> bool:
    try:
        package = orjson.loads((folder / "package.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    scripts = package.get("scripts") if isinstance(package, dict) else None
    return isinstance(scripts, dict) and bool(scripts.get("build"))


def _needs_install(folder: Path) -> bool:
    """npm notes what it installed in `node_modules/.package-lock.json`."""
    try:
        installed = (folder / "node_modules" / ".package-lock.json").stat().st_mtime_ns
    except OSError:
        return True
    wishes = (folder / "package.json", folder / "package-lock.json")
    return any(wish.exists() and wish.stat().st_mtime_ns > installed for wish in wishes)


def _times(folder: Path, left_out: frozenset[str]) -> Iterator[int]:
    """Modification times of every file below `folder`, in nanoseconds, and of a result's own folder."""
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in left_out]
        for name in files:
            yield os.stat(os.path.join(root, name), follow_symlinks=False).st_mtime_ns
    if folder.name == BUILD and folder.is_dir():
        yield folder.stat().st_mtime_ns
