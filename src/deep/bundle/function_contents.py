"""What goes into the package of each function, and the key that names it: all decided by reading, before anything is compressed or written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import orjson

from deep.bundle.cache_folder import cache_folder, keep, kept
from deep.bundle.deployed import deployed_actions
from deep.bundle.function import function_config, microapp_shapes
from deep.bundle.function_files import own_files, requirement_files
from deep.bundle.parts import Part, Source, part_of
from deep.bundle.platform import Architecture, Platform, platform_of
from deep.bundle.shipped import shipped_files
from deep.bundle.target import Target
from deep.bundle.validators import compile_validators_once
from deep.errors import DeepError, Problem, ProjectError
from deep.frozen import dataclass
from deep.model import Action, App

FOLDER = "packages"
"""Below the property's `.deep/`."""

NOT_ASKED = "00000000"
"""The deploy id of functions that never ask for it, so that a deploy of new pages leaves them as they are."""

_ASKING = (b"asset", b"deploy", b"config", b"getattr")
"""A function without any of these words in its Python cannot learn the deploy id."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What will be in the package of an action's function. Of files with one name in several parts the first part's is taken."""

    action: Action
    platform: Platform
    parts: tuple[Part, ...]

    @property
    def key(self) -> str:
        """Names the package by its content: 64 hex digits."""
        return sha256("\n".join(part.digest for part in self.parts).encode()).hexdigest()


def contents_of(app: App, target: Target, requirements: Mapping[Path, Path], architecture: Architecture = "arm64") -> tuple[Contents, ...]:
    """The contents of every package a deploy makes. `requirements` are the installed ones, for each function's platform, by source folder.

    Raises ProjectError with every problem of every function: what cannot ship, and languages that are not deployed.
    """
    reading = _Reading(app, target, requirements)
    found: list[Contents] = []
    problems: list[Problem] = []
    for action in deployed_actions(app):
        try:
            found.append(reading.contents(action, platform_of(action, architecture)))
        except DeepError as error:
            problems += error.problems
    if problems:
        raise ProjectError(*problems)
    return tuple(found)


class _Reading:
    """One pass over an app's functions: what they have in common is read once."""

    def __init__(self, app: App, target: Target, requirements: Mapping[Path, Path]) -> None:
        self._app = app
        self._target = target
        self._requirements = requirements
        self._microapps = microapp_shapes(app, target)
        self._validators = (Source("_validators.py", compile_validators_once(app, cache_folder(app.path, FOLDER) / "parts")),)
        self._runtime = tuple(Source(name, path.read_bytes()) for name, path in shipped_files().items())
        self._parts: dict[tuple[str, bool], Part] = {}

    def contents(self, action: Action, platform: Platform) -> Contents:
        compiled = platform.is_of_this_interpreter
        own = own_files(self._app, action)
        installed = self._requirements.get(action.source) if action.source else None
        config = Source("_config.json", self._config(action, own, has_requirements=installed is not None))
        parts = [
            part_of((config, *own), compiled=compiled),
            self._once("validators", compiled, lambda: part_of(self._validators, compiled=compiled)),
            self._once("runtime", compiled, lambda: part_of(self._runtime, compiled=compiled)),
        ]
        if installed is not None:
            parts.append(self._once(str(installed), compiled, lambda: _required(self._app, installed, compiled=compiled)))
        return Contents(action, platform, tuple(parts))

    def _once(self, name: str, compiled: bool, make: Callable[[], Part]) -> Part:  # noqa: FBT001  # half of a key
        if (name, compiled) not in self._parts:
            self._parts[name, compiled] = make()
        return self._parts[name, compiled]

    def _config(self, action: Action, own: Iterable[Source], *, has_requirements: bool) -> bytes:
        asks = has_requirements or any(_asks_for_the_deploy_id(source) for source in own)
        target = self._target if asks else replace(self._target, deploy_id=NOT_ASKED)
        return orjson.dumps(function_config(self._app, action, target, self._microapps), option=orjson.OPT_SORT_KEYS)


def _asks_for_the_deploy_id(source: Source) -> bool:
    return source.name.endswith(".py") and any(word in source.read() for word in _ASKING)


def _required(app: App, installed: Path, *, compiled: bool) -> Part:
    """The part of installed requirements. They may be many, and an installation never changes once it is there, so its digest is noted."""
    status = installed.stat()
    note = cache_folder(app.path, FOLDER) / "parts" / f"{installed.name}{'-compiled' if compiled else ''}.digest"
    stamp = f"{status.st_ino} {status.st_mtime_ns} "
    noted = (kept(note) or b"").decode("ascii", "replace")
    if noted.startswith(stamp):
        return Part(noted.removeprefix(stamp), lambda: requirement_files(installed), compiled)
    part = part_of(requirement_files(installed), compiled=compiled)
    keep(note, f"{stamp}{part.digest}".encode("ascii"))
    return part
