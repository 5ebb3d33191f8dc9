"""The import layer: what Lambda's Python image offers besides an author's own code, and nothing else of this machine.

Functions run without site-packages. They see this folder, which links `deep`'s runtime half and the SDK that the cloud's image carries; so a function
that imports the toolchain, or a package it forgot to require, fails here as it would when deployed.
"""

from __future__ import annotations

import compileall
import shutil
import sys
from hashlib import sha256
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from deep.bundle.shipped import OF_DEEP, places_of_deep
from deep.errors import EnvironmentProblem, Problem

SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""The modules of boto3 and of what it needs, as in AWS's Python base image."""


def build_layer(cache: Path) -> Path:
    """The layer's folder below `cache`, made when the distribution's place or version is new. Raises EnvironmentProblem.

    The parts are links, so an edit of the distribution itself is seen at once; where links cannot be made, they are copies.
    """
    parts = {f"deep/{name}": place for name, place in places_of_deep().items()} | {_target(origin): origin for origin in map(_origin, SDK)}
    layer = cache / _fingerprint(parts)
    if not layer.is_dir():
        _make(layer, parts)
    _compile(parts)
    return layer


def _origin(module: str) -> Path:
    """Where a module is installed: its folder, or its file."""
    found: ModuleSpec | None = find_spec(module)
    if found is None or found.origin is None:
        help_ = "reinstall the framework with its dependencies"
        raise EnvironmentProblem(Problem("missing-module", f"{module}, which functions may import, is not installed", help=help_))
    origin = Path(found.origin).resolve()
    return origin.parent if origin.name == "__init__.py" else origin


def _target(origin: Path) -> str:
    return origin.name


def _fingerprint(parts: dict[str, Path]) -> str:
    """Names the layer by what would make another one: the places, the interpreter and, where copies would age, the parts' own times."""
    told = [sys.version, *(f"{name}={origin}:{origin.stat().st_mtime_ns}" for name, origin in sorted(parts.items()))]
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def _make(layer: Path, parts: dict[str, Path]) -> None:
    """Builds beside and renames, so that a layer is whole or absent. Layers of other fingerprints are removed: their platform is gone."""
    building = layer.with_name(f"{layer.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    for name, origin in parts.items():
        place = building / name
        place.parent.mkdir(parents=True, exist_ok=True)
        _link(place, origin)
    for old in layer.parent.iterdir():
        if old != building:
            shutil.rmtree(old, ignore_errors=True)
    building.rename(layer)


def _link(place: Path, origin: Path) -> None:
    try:
        place.symlink_to(origin, target_is_directory=origin.is_dir())
    except OSError:
        if origin.is_dir():
            shutil.copytree(origin, place)
        else:
            shutil.copy2(origin, place)


def _compile(parts: dict[str, Path]) -> None:
    """Byte code for what installers leave without; functions write none themselves. Nothing happens where it is up to date or cannot be written."""
    for origin in parts.values():
        # An SDK compiled once stays so; the runtime may be under development and is compared file by file.
        if origin.is_dir() and (origin.name in OF_DEEP or not (origin / "__pycache__").is_dir()):
            compileall.compile_dir(origin, quiet=2)
        elif origin.is_file():
            compileall.compile_file(origin, quiet=2)
