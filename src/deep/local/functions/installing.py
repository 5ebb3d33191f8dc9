"""Installs what functions require and is not there yet, whole or not at all."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from deep.errors import DeepError, EnvironmentProblem, Problem, ProjectError
from deep.local.engines.uv import pip_install
from deep.local.functions.requirements import FILE_NAME, Requirements, Wish

AT_ONCE = 2
_NETWORK_WORDS = ("error sending request", "dns error", "failed to fetch", "connection refused", "timed out", "could not connect")
_WITHOUT_WHEEL = re.compile(
    r"Wheels are required for `([^`]+)`|found wheels for `([^`]+)`|\bBecause ([\w.-]+)\S* has no (?:usable )?wheels"
    r"|A path \((?:[^)]*/)?([^)/]+\.whl)\) dependency is incompatible"
)


async def install(required: Requirements, on_step: Callable[[str], None]) -> None:
    """Installs what is missing of `required`, for a platform from wheels alone. What is installed already is not touched and needs no network.

    `on_step` is told before each installation. Raises ProjectError or EnvironmentProblem with a problem for every file that could not be installed.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    jobs = [_install(wish, required.folder(wish), on_step, gate) for wish in required.missing]
    problems = [problem for problem in await asyncio.gather(*jobs) if problem is not None]
    if problems:
        raise _error_of(problems)


async def _install(wish: Wish, target: Path, on_step: Callable[[str], None], gate: asyncio.Semaphore) -> Problem | None:
    """Installs into a folder beside and renames it, so that an installation is whole or absent, whenever it is interrupted."""
    async with gate:
        on_step(f"installing {wish.root.name}/{FILE_NAME}{f' for {wish.platform}' if wish.platform else ''}")
        building = target.with_name(f"{target.name}.building")
        await asyncio.to_thread(_empty, building)
        code, said = await pip_install(wish.root / FILE_NAME, building, platform=wish.platform)
        if code != 0:
            await asyncio.to_thread(shutil.rmtree, building, ignore_errors=True)
            return _wheel_problem(wish, said) or _problem(wish.root, said)
        building.rename(target)
        return None


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _wheel_problem(wish: Wish, said: str) -> Problem | None:
    """What uv said, when it is that a package has no wheel for the platform."""
    names = sorted({name for found in _WITHOUT_WHEEL.findall(said) for name in found if name})
    if wish.platform is None or not names:
        return None
    message = f"{wish.root.name} requires {', '.join(names)}, of which there is no wheel for {wish.platform}"
    help_ = "require a version that has one, or another package; nothing is compiled here, because it would not run there"
    return Problem("no-wheel", message, file=str(wish.root / FILE_NAME), expected=f"wheels of {wish.platform.wheels}", help=help_)


def _problem(root: Path, said: str) -> Problem:
    network = any(word in said.lower() for word in _NETWORK_WORDS)
    reason = "\n".join(said.splitlines()[-12:])
    return Problem(
        "requirements-unreachable" if network else "requirements-failed",
        f"the requirements of {root.name} could not be installed:\n{reason}",
        file=str(root / FILE_NAME),
        help="check the network or the package index; what was installed before works offline"
        if network
        else "correct the file; uv says what it found",
    )


def _error_of(problems: list[Problem]) -> DeepError:
    environment = all(problem.code == "requirements-unreachable" for problem in problems)
    return (EnvironmentProblem if environment else ProjectError)(*problems)
