"""The property's `.deep/` folder: what DEEP keeps on disk and can make anew. Nothing of it belongs in the property's history."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

FOLDER = ".deep"


def hide_from_git(folder: Path) -> None:
    """Has git ignore everything in the `.deep/` folder."""
    file = folder / ".gitignore"
    if not file.exists():
        file.write_text("*\n", encoding="ascii")


def cache_folder(property_path: Path, name: str) -> Path:
    """A folder below the property's `.deep/`, made if need be."""
    path = property_path / FOLDER / name
    path.mkdir(parents=True, exist_ok=True)
    hide_from_git(property_path / FOLDER)
    return path


def keep(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, whoever else writes the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(content)
    beside.replace(path)


def kept(path: Path) -> bytes | None:
    """A kept file's content, marked as used now; None when there is none."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    with suppress(OSError):
        os.utime(path)
    return content


def keep_sealed(path: Path, content: bytes) -> None:
    """Keeps what nobody else could tell damage of: its own digest goes before it."""
    keep(path, sha256(content).digest() + content)


def kept_sealed(path: Path) -> bytes | None:
    """What `keep_sealed` wrote; None when there is none, or it is damaged."""
    sealed = kept(path)
    return sealed[32:] if sealed is not None and sha256(sealed[32:]).digest() == sealed[:32] else None
