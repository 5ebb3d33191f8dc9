"""The door of this room: a folder in, an `App` out, or every problem of every file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from deep.errors import EnvironmentProblem, Place, Problem, ProjectError
from deep.frozen import dataclass
from deep.model.app import App, Microapp
from deep.model.discovery import Found, built_in_root, find_microapps
from deep.model.links import check_links, merge_models
from deep.model.microapp import load_microapp
from deep.model.property import check_keys, load_property
from deep.model.read import Disk
from deep.model.reading import Reading
from deep.model.uses import resolve_uses


def load_app(path: Path, *, environ: Mapping[str, str] | None = None) -> App:
    """The app at `path`: the folder of a property, or of one microapplication inside one, which is then loaded with its dependencies alone.

    Reads files and writes none. `environ` (the process's own by default) may override parameters. Raises ProjectError with the problems of all files,
    EnvironmentProblem when all that is wrong is that files cannot be read, and UsageError when there is no microapplication at `path`.
    """
    try:
        return _load_app(Path(os.path.abspath(path.expanduser())), os.environ if environ is None else environ)
    except PermissionError as error:
        problem = Problem(
            "unreadable-folder", "cannot be listed: permission denied", file=str(error.filename), help="give yourself the right to read it"
        )
        raise EnvironmentProblem(problem) from None


@dataclass(frozen=True, slots=True)
class _Part:
    """A folder of a microapplication, what was made of it, and what was found wrong: that counts only if the microapplication is wanted."""

    folder: Path
    reading: Reading
    microapp: Microapp | None = field(compare=False)


def _load_app(path: Path, environ: Mapping[str, str]) -> App:
    found = find_microapps(path)
    reading = Reading(Disk(found.property))
    property_ = load_property(reading, found.property)
    parts = [_load_part(reading.disk, folder, environ) for folder in found.folders]
    wanted = parts if found.asked is None else _asked_for(found, parts)
    for part in wanted:
        reading.absorb(part.reading)
    microapps = [part.microapp for part in wanted if part.microapp]
    microapps += _built_in(reading, environ) if not any(part.microapp and part.microapp.is_root for part in parts) else []
    microapps.sort(key=lambda microapp: (not microapp.is_root, microapp.identifier, microapp.path))
    check_links(reading, microapps, frozenset(part.microapp.identifier for part in parts if part.microapp and part not in wanted))
    check_keys(reading, property_, microapps)
    models = merge_models(reading, microapps)
    uses = resolve_uses(reading, microapps, models)
    if reading.problems:
        raise _refusal(reading.problems)
    return App(property_, tuple(microapps), models, uses, tuple(sorted(reading.warnings, key=_order)))


def _load_part(disk: Disk, folder: Path, environ: Mapping[str, str]) -> _Part:
    reading = Reading(disk)
    return _Part(folder, reading, load_microapp(reading, folder, environ))


def _asked_for(found: Found, parts: Sequence[_Part]) -> list[_Part]:
    """The microapplication that was asked for, what it depends on, near and far, and the root. A broken one may be the dependency that is missing."""
    by_identifier = {part.microapp.identifier: part for part in parts if part.microapp}
    wanted = [part for part in parts if part.folder == found.asked or (part.microapp and part.microapp.is_root)]
    for part in wanted:  # grows while it is walked
        for name in part.microapp.dependencies if part.microapp else ():
            candidates = [by_identifier[name]] if name in by_identifier else [other for other in parts if other.microapp is None]
            wanted += [candidate for candidate in candidates if candidate not in wanted]
    return [part for part in parts if part in wanted]


def _built_in(reading: Reading, environ: Mapping[str, str]) -> list[Microapp]:
    """The root microapplication that is part of DEEP, used in place by a property that has none of its own."""
    folder = built_in_root()
    if folder is None:
        if not reading.problems:
            help_ = 'run deepify install to get one, or set "propertyRoot": true in the deepkg.json of one'
            reading.tell("missing-root", "no microapplication is the root, which owns the page", reading.disk.base, help_)
        return []
    part = _load_part(Disk(folder.parent), folder, environ)
    reading.absorb(part.reading)
    return [part.microapp] if part.microapp else []


def _refusal(problems: Sequence[Problem]) -> ProjectError | EnvironmentProblem:
    ordered = sorted(dict.fromkeys(problems), key=_order)
    if all(problem.code == "unreadable-file" for problem in ordered):
        return EnvironmentProblem(*ordered)
    return ProjectError(*ordered)


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    """By file, then by place in it: the same from run to run."""
    place = problem.place or Place(problem.file or "", 0, 0)
    return place.file, place.line, place.column, problem.code, problem.message
