"""Small microapplications to install, as maps of file name to content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def microapp(identifier: str = "acme.shop", **fields: Any) -> dict[str, str]:
    """The files of a microapplication; `fields` go into its `deepkg.json`."""
    manifest = {"identifier": identifier, "name": identifier, "version": "0.0.1", **fields}
    return {"deepkg.json": json.dumps(manifest), "Frontend/index.txt": f"page of {identifier}\n"}


def below(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    """The same files, below `folder`."""
    return {f"{folder}/{name}": content for name, content in files.items()}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes the files below `folder`, which it answers."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def tree_of(folder: Path) -> dict[str, str]:
    """All files below `folder` and their content, without the local state in `.deep`."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".deep" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
