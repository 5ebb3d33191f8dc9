"""API keys of a property: `deeploy.json` keeps a digest by name, and the key itself is seen once, by who made it.

A key is 256 random bits, so its digest (SHA-256) opens nothing and may be committed; a slow hash is for passwords, which people choose.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from deep.errors import Problem, ProjectError, UsageError
from deep.model.name_formats import NAME
from deep.model.nearest import did_you_mean
from deep.model.property import generated_deeploy
from deep.packages.deeploy import FILE_NAME, read_deeploy, write_deeploy

FIELD = "apiKeys"
KEY_PREFIX = "deep_"
"""Before every key, so that people and scanners know one when they see it."""


def read_keys(property_path: Path) -> Mapping[str, str]:
    """Name -> digest (`sha256-...`), in the order of the file. Raises ProjectError for another shape."""
    keys = read_deeploy(property_path).get(FIELD, {})
    if not isinstance(keys, dict) or not all(isinstance(digest, str) for digest in keys.values()):
        raise ProjectError(Problem("bad-keys", "the API keys cannot be read", file=FILE_NAME, expected='{"partner": "sha256-..."}'))
    return keys


def add_key(property_path: Path, name: str) -> str:
    """A new key of that name, which nothing here keeps. Raises UsageError for a name that is taken or is none."""
    if not re.fullmatch(NAME.pattern or "", name):
        raise UsageError(Problem("bad-key-name", f'"{name}" cannot be the name of an API key', expected=NAME.rule))
    keys = read_keys(property_path)
    if name in keys:
        raise UsageError(Problem("key-exists", f"there is an API key {name}", help=f"`deepify key remove {name}` removes it; its holder is shut out"))
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    _write(property_path, {**keys, name: f"sha256-{sha256(key.encode()).hexdigest()}"})
    return key


def remove_key(property_path: Path, name: str) -> None:
    """Forgets the key: from the next deploy, or at once where the app is served locally, it opens nothing. Raises UsageError for an unknown name."""
    keys = read_keys(property_path)
    if name not in keys:
        raise UsageError(Problem("unknown-key", f"there is no API key {name}", help=did_you_mean(name, keys)))
    _write(property_path, {known: digest for known, digest in keys.items() if known != name})


def _write(property_path: Path, keys: Mapping[str, str]) -> None:
    document = read_deeploy(property_path) or generated_deeploy(property_path)
    write_deeploy(property_path, {**document, FIELD: dict(keys)})
