"""Packages of functions: the zip that AWS Lambda gets of an action, named by its content.

A package holds the runtime half of DEEP, the author's folder, `_config.json`, `_validators.py` and the installed requirements, and nothing else. Its
key is a digest of these files, so what did not change is neither made nor uploaded again. The same files make the same bytes on any machine with the
same version of Python; folders, times, users and the order of a disk play no part.
"""

from __future__ import annotations

import time
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from deep.bundle.cache_folder import cache_folder, kept
from deep.bundle.function_contents import FOLDER, Contents, contents_of
from deep.bundle.package_limits import check_size
from deep.bundle.platform import Platform
from deep.bundle.shipped import ENTRY
from deep.bundle.target import Target
from deep.errors import DeepError, Problem, ProjectError
from deep.frozen import dataclass
from deep.model import App

KEPT_S = 30 * 24 * 3600
"""How long what no package plan asked for stays in the cache."""


@dataclass(frozen=True, slots=True)
class FunctionPackage:
    """A package on disk. `action` is its identifier, `handler` what Lambda calls in it; `is_new` tells that it was made just now.

    `sha256` is the zip's, in hex. `size_bytes` is the zip's size, `unpacked_bytes` what its `files` have together.
    """

    action: str
    key: str
    platform: Platform
    path: Path
    sha256: str
    size_bytes: int
    unpacked_bytes: int
    files: int
    warnings: tuple[Problem, ...]
    is_new: bool
    handler: str = ENTRY

    @property
    def code_sha256(self) -> str:
        """As Lambda tells it (`CodeSha256`): the digest in base64."""
        return b2a_base64(bytes.fromhex(self.sha256), newline=False).decode()

    def as_json(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "key": self.key,
            "runtime": self.platform.runtime,
            "architecture": self.platform.architecture,
            "handler": self.handler,
            "path": str(self.path),
            "sha256": self.sha256,
            "sizeBytes": self.size_bytes,
            "unpackedBytes": self.unpacked_bytes,
            "files": self.files,
            "isNew": self.is_new,
        }


def package_functions(
    app: App, target: Target, requirements: Mapping[Path, Path], told: Callable[[str], None] = lambda step: None
) -> tuple[FunctionPackage, ...]:
    """The packages of all functions a deploy makes; those that are not there yet are made, below the property's `.deep/packages/`.

    `requirements` are the installed ones, for each function's platform, by source folder; `told` hears of each package before it is made. Raises
    ProjectError with every problem of every function: what cannot ship, what is too large.
    """
    made: list[FunctionPackage] = []
    problems: list[Problem] = []
    for contents in contents_of(app, target, requirements):
        try:
            made.append(make_package(contents, app.path, told))
        except DeepError as error:
            problems += error.problems
    if problems:
        raise ProjectError(*problems)
    if any(package.is_new for package in made):
        forget_unused(app.path)
    return tuple(made)


def make_package(contents: Contents, property_path: Path, told: Callable[[str], None] = lambda step: None) -> FunctionPackage:
    """The package of these contents, from `.deep/packages/` if it is there and undamaged. Raises ProjectError (`package-too-large`)."""
    folder = cache_folder(property_path, FOLDER)
    path = folder / f"{contents.key}.zip"
    facts = _known_facts(path)
    is_new = facts is None
    if facts is None:
        from deep.bundle.packing import pack_contents

        told(f"packaging {contents.action.identifier}")
        facts = pack_contents(contents, path)
    warnings = check_size(contents.action, facts["sizeBytes"], facts["unpackedBytes"], facts["largest"])
    numbers = (facts["sha256"], facts["sizeBytes"], facts["unpackedBytes"], facts["files"])
    return FunctionPackage(contents.action.identifier, contents.key, contents.platform, path, *numbers, warnings, is_new)


def _known_facts(path: Path) -> dict[str, Any] | None:
    """What was noted of a package; None when it is not there or its bytes are no longer those that were written."""
    archive, note = kept(path), kept(path.with_suffix(".json"))
    if archive is None or note is None:
        return None
    with suppress(orjson.JSONDecodeError, KeyError, TypeError):
        facts: dict[str, Any] = orjson.loads(note)
        return facts if facts["sha256"] == sha256(archive).hexdigest() else None
    return None


def forget_unused(property_path: Path, unused_s: float = KEPT_S) -> None:
    """Removes kept packages and parts that nobody asked for in this many seconds."""
    oldest = time.time() - unused_s
    for path in cache_folder(property_path, FOLDER).rglob("*"):
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
