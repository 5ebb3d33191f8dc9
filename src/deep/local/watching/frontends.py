"""Frontends that are built: a `package.json` with a `build` script, whose result goes to `_build/`. Built when sources are newer than the result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import orjson

from deep.frozen import dataclass
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


def _has_build_script(folder: Path) -> bool:
    try:
        package = orjson.loads((folder / "package.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    scripts = package.get("scripts") if isinstance(package, dict) else None
    return isinstance(scripts, dict) and bool(scripts.get("build"))


def _times(folder: Path, left_out: frozenset[str]) -> Iterator[int]:
    """Modification times of every file below `folder`, in nanoseconds, and of a result's own folder."""
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in left_out]
        for name in files:
            yield os.stat(os.path.join(root, name), follow_symlinks=False).st_mtime_ns
    if folder.name == BUILD and folder.is_dir():
        yield folder.stat().st_mtime_ns
