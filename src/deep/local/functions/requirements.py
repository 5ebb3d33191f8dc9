"""An action's `requirements.txt`, installed for its function: once per content, shared by every function that asks for the same."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from deep.errors import DeepError, EnvironmentProblem, Problem, ProjectError
from deep.local.engines.uv import pip_install

FILE_NAME = "requirements.txt"
AT_ONCE = 2
_NETWORK_WORDS = ("error sending request", "dns error", "failed to fetch", "connection refused", "timed out", "could not connect")


async def install_requirements(roots: Iterable[Path], cache: Path, on_step: Callable[[str], None]) -> Mapping[Path, Path]:
    """Installs what these functions' folders require; folder -> installed packages, only for folders that require something.

    What is installed already is not touched and needs no network. `on_step` is told before each installation. Raises ProjectError or
    EnvironmentProblem with a problem for every file that could not be installed.
    """
    wanted = {root: _digest(text) for root in roots if (text := read_requirements(root))}
    first_of: dict[str, Path] = {}
    for root, digest in wanted.items():
        first_of.setdefault(digest, root)
    gate = asyncio.Semaphore(AT_ONCE)
    jobs = [_install(root, cache / digest, on_step, gate) for digest, root in first_of.items() if not (cache / digest).is_dir()]
    problems = [problem for problem in await asyncio.gather(*jobs) if problem is not None]
    if problems:
        raise _error_of(problems)
    return {root: cache / digest for root, digest in wanted.items()}


def read_requirements(root: Path) -> str:
    """The meaningful lines of a folder's `requirements.txt`; empty when there is no file, or nothing but comments in it."""
    try:
        text = (root / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def _digest(text: str) -> str:
    """Names an installation: by what is required, and by the interpreter and machine it was built for."""
    interpreter = f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}"
    return sha256(f"{interpreter}\n{text}".encode()).hexdigest()


async def _install(root: Path, target: Path, on_step: Callable[[str], None], gate: asyncio.Semaphore) -> Problem | None:
    """Installs into a folder beside and renames it, so that an installation is whole or absent, whenever it is interrupted."""
    async with gate:
        on_step(f"installing {root.name}/{FILE_NAME}")
        building = target.with_name(f"{target.name}.building")
        await asyncio.to_thread(_empty, building)
        code, said = await pip_install(root / FILE_NAME, building)
        if code != 0:
            await asyncio.to_thread(shutil.rmtree, building, ignore_errors=True)
            return _problem(root, said)
        building.rename(target)
        return None


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


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
