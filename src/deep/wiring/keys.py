"""The API keys of a property."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deep.wiring.projects import property_of


def api_keys(project: Path) -> Mapping[str, str]:
    """The property's API keys: name -> digest."""
    from deep.packages.keys import read_keys

    return read_keys(property_of(project))


def add_key(project: Path, name: str) -> str:
    """Makes an API key; the answer is the only copy of it."""
    from deep.packages.keys import add_key as add

    return add(property_of(project), name)


def remove_key(project: Path, name: str) -> None:
    """Forgets an API key."""
    from deep.packages.keys import remove_key as remove

    remove(property_of(project), name)
