"""An action's `requirements.txt`, installed for its function: once per content, shared by every function that asks for the same."""

from __future__ import annotations

import asyncio
import platform as machine
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deep.bundle.platform import Platform
from deep.errors import DeepError, EnvironmentProblem, Problem, ProjectError
from deep.local.engines.uv import pip_install

FILE_NAME = "requirements.txt"
AT_ONCE = 2
_NETWORK_WORDS = ("error sending request", "dns error", "failed to fetch", "connection refused", "timed out", "could not connect")


_WITHOUT_WHEEL = re.compile(
    r"Wheels are required for `([^`]+)`|found wheels for `([^`]+)`|\bBecause ([\w.-]+)\S* has no (?:usable )?wheels"
    r"|A path \((?:[^)]*/)?([^)/]+\.whl)\) dependency is incompatible"
)


async def install_requirements(
    roots: Iterable[Path], cache: Path, on_step: Callable[[str], None], platforms: Mapping[Path, Platform] | None = None
) -> Mapping[Path, Path]:
    """Installs what these functions' folders require; folder -> installed packages, only for folders that require something.

    They are installed for this machine, or for the platform that `platforms` has for a folder: then from wheels alone. What is installed already is
    not touched and needs no network. `on_step` is told before each installation. Raises ProjectError or EnvironmentProblem with a problem for every
    file that could not be installed.
    """
    wishes = {root: _Wish(root, text, (platforms or {}).get(root)) for root in roots if (text := read_requirements(root))}
    first: dict[str, _Wish] = {}
    for wish in wishes.values():
        first.setdefault(wish.digest, wish)
    gate = asyncio.Semaphore(AT_ONCE)
    jobs = [_install(wish, cache / digest, on_step, gate) for digest, wish in first.items() if not (cache / digest).is_dir()]
    problems = [problem for problem in await asyncio.gather(*jobs) if problem is not None]
    if problems:
        raise _error_of(problems)
    return {root: cache / wish.digest for root, wish in wishes.items()}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a folder requires, and for which platform; None is this machine."""

    root: Path
    text: str
    platform: Platform | None

    @property
    def digest(self) -> str:
        """Names an installation: by what is required, and by what it was built for."""
        ours = f"{sys.implementation.cache_tag} {sys.platform} {machine.machine()}"
        wanted = f"{self.platform.python} {self.platform.wheels}" if self.platform else ours
        return sha256(f"{wanted}\n{self.text}".encode()).hexdigest()


def read_requirements(root: Path) -> str:
    """The meaningful lines of a folder's `requirements.txt`; empty when there is no file, or nothing but comments in it."""
    try:
        text = (root / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


async def _install(wish: _Wish, target: Path, on_step: Callable[[str], None], gate: asyncio.Semaphore) -> Problem | None:
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


def _wheel_problem(wish: _Wish, said: str) -> Problem | None:
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
