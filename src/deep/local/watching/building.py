"""Builds frontends: npm installs what they need and runs their build script."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.local.engines.npm import run_npm
from deep.local.watching.frontends import BUILD, Frontend, is_stale


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


def _needs_install(folder: Path) -> bool:
    """npm notes what it installed in `node_modules/.package-lock.json`."""
    try:
        installed = (folder / "node_modules" / ".package-lock.json").stat().st_mtime_ns
    except OSError:
        return True
    wishes = (folder / "package.json", folder / "package-lock.json")
    return any(wish.exists() and wish.stat().st_mtime_ns > installed for wish in wishes)
