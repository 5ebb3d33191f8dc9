"""What installing needs to know of a microapplication: its `deepkg.json`, read warily, for it may have arrived from strangers a moment ago.

The whole of a project is read by `deep.model`, which wants a complete property; this reads one file of a package that may not be part of one yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deep.errors import Problem, ProjectError
from deep.frozen import dataclass

FILE_NAME = "deepkg.json"
_IDENTIFIER = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
_VERSION = re.compile(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """One microapplication in `folder`. `writes` are the places its hooks declare to write to (`"hooks": {"write": [...]}`)."""

    identifier: str
    version: str
    is_root: bool
    dependencies: Mapping[str, str]
    writes: tuple[str, ...]
    folder: Path


def find_microapps(tree: Path) -> tuple[Manifest, ...]:
    """The microapplications of a folder: itself if it is one, else those in its own folders, else those in its `src/` (`deep-2016` 3.1).

    Raises ProjectError with the problems of every unreadable `deepkg.json`, or if two bear the same identifier.
    """
    if (tree / FILE_NAME).exists():
        return (read_manifest(tree),)
    problems: list[Problem] = []
    found: dict[str, Manifest] = {}
    for folder in _candidates(tree) or _candidates(tree / "src"):
        try:
            manifest = read_manifest(folder)
        except ProjectError as error:
            problems += error.problems
            continue
        if (twin := found.setdefault(manifest.identifier, manifest)) is not manifest:
            message = f"two microapplications are called {manifest.identifier}: {twin.folder.name} and {folder.name}"
            problems.append(Problem("duplicate-identifier", message, file=f"{folder.name}/{FILE_NAME}", help="rename or remove one of them"))
    if problems:
        raise ProjectError(*problems)
    return tuple(found.values())


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the microapplication in `folder`. Raises ProjectError with everything that is wrong in its `deepkg.json`."""
    document = _read(folder / FILE_NAME)
    hooks = document.get("hooks", {})
    dependencies = document.get("dependencies", {})
    identifier, version = document.get("identifier"), document.get("version")
    faults = [
        _unless(isinstance(identifier, str) and bool(_IDENTIFIER.fullmatch(identifier)), "identifier", "letters, digits and . _ -"),
        _unless(isinstance(version, str) and bool(_VERSION.fullmatch(version)), "version", 'three numbers, such as "1.0.0"'),
        _unless(_is_text_map(dependencies), "dependencies", "an object of strings"),
        _unless(isinstance(hooks, dict) and _is_texts(hooks.get("write", [])), "hooks", 'an object such as {"write": ["deep.root:Frontend"]}'),
    ]
    problems = [Problem("bad-package", f"{name} is missing or wrong", file=_shown(folder), expected=rule) for name, rule in filter(None, faults)]
    if problems:
        raise ProjectError(*problems)
    return Manifest(str(identifier), str(version), document.get("propertyRoot") is True, dependencies, tuple(hooks.get("write", [])), folder)


def _candidates(tree: Path) -> list[Path]:
    if not tree.is_dir():
        return []
    return sorted(entry for entry in tree.iterdir() if not entry.name.startswith(".") and (entry / FILE_NAME).is_file())


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is larger than 1 MB")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        message = f"{FILE_NAME} cannot be read as JSON: {error}"
        raise ProjectError(Problem("bad-package", message, file=_shown(path.parent), help="mend the file, then install again")) from error
    if not isinstance(document, dict):
        raise ProjectError(Problem("bad-package", f"{FILE_NAME} holds no object", file=_shown(path.parent), expected='{"identifier": ...}'))
    return document


def _unless(holds: bool, name: str, rule: str) -> tuple[str, str] | None:  # noqa: FBT001 - reads as a sentence
    return None if holds else (name, rule)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _shown(folder: Path) -> str:
    return f"{folder.name}/{FILE_NAME}"
