"""The files of one function: what of an author's folder ships, and what of its installed requirements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from deep.bundle.ignore import IgnoreRules, read_ignore_file
from deep.bundle.parts import Source
from deep.errors import DeepError, Problem, ProjectError
from deep.model import Action, App

IGNORE_FILE = ".deepignore"
OF_THE_PLATFORM = frozenset(("_config.json", "_validators.py"))
"""Written into every package; of these names nothing of an author's ships."""

_NOT_SHIPPED = frozenset(("__pycache__", "node_modules", "requirements.txt"))
_OF_INSTALLERS = frozenset(("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"))
"""What installers note for each other, with paths and hashes of this machine."""


def own_files(app: App, action: Action) -> tuple[Source, ...]:
    """The author's files of an action, sorted by name: all but hidden ones, byte code, and what a `.deepignore` beside them names.

    Links are followed inside the property. Raises ProjectError for what cannot ship: a link out of the property (`link-outside`), a folder `deep`
    (`shadows-runtime`), a name that is no text (`unportable-name`).
    """
    if action.source is None:
        return ()
    folder = action.source
    ignored = read_ignore_file(folder / IGNORE_FILE)
    fence = app.path.resolve()
    found: list[Source] = []
    problems: list[Problem] = []
    for path in _walk(folder, folder, ignored):
        try:
            found.append(_own(path, folder, fence))
        except DeepError as error:
            problems += error.problems
    if any(source.name.startswith("deep/") for source in found):
        help_ = "rename it: the framework's own package is at this place"
        problems.append(Problem("shadows-runtime", f'{action.identifier} has a folder "deep"', file=str(folder / "deep"), help=help_))
    if problems:
        raise ProjectError(*problems)
    return tuple(sorted(found, key=lambda source: source.name))


def _own(path: Path, folder: Path, fence: Path) -> Source:
    name = path.relative_to(folder).as_posix()
    real = path.resolve()
    if not real.is_relative_to(fence):
        help_ = "what a function needs lies in its web app; copy it there"
        raise ProjectError(Problem("link-outside", f"{name} leads out of the web app, to {real}", file=str(path), help=help_))
    if not name.isprintable():
        raise ProjectError(Problem("unportable-name", f"{name!r} cannot be a name in a package", file=ascii(name), help="rename the file"))
    return Source(name, real, _runs(real))


def _walk(folder: Path, top: Path, ignored: IgnoreRules, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Files below `folder`, linked folders entered, but none that it is itself in."""
    real = folder.resolve()
    for entry in sorted(folder.iterdir()):
        if _is_left(entry.name) or ignored.ignores(entry.relative_to(top).as_posix()):
            continue
        if entry.is_dir():
            yield from _walk(entry, top, ignored, above | {real}) if entry.resolve() not in above | {real} else ()
        elif folder != top or entry.name not in OF_THE_PLATFORM:
            yield entry


def _is_left(name: str) -> bool:
    return name.startswith(".") or name in _NOT_SHIPPED or name.endswith((".pyc", ".pyo"))


def requirement_files(folder: Path) -> tuple[Source, ...]:
    """The files of installed requirements, sorted by name.

    Left out: command-line programs and installers' notes, which speak of this machine; byte code, which is made anew; and `deep`, should somebody
    require the toolchain, because the runtime ships in any case.
    """
    found = []
    for here, folders, names in os.walk(folder):
        place = Path(here).relative_to(folder)
        folders[:] = [name for name in folders if name != "__pycache__" and (place.parts or name not in ("bin", "deep"))]
        for name in names:
            if not name.startswith(".") and not name.endswith(".pyc") and not (place.name.endswith(".dist-info") and name in _OF_INSTALLERS):
                path = folder / place / name
                found.append(Source((place / name).as_posix(), path, _runs(path)))
    return tuple(sorted(found, key=lambda source: source.name))


def _runs(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)
