"""The property's `deeploy.json` as commands change it: read whole, one thing altered, and replaced at once; all else in it stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from deep.errors import Problem, ProjectError
from deep.packages.place import replace_file

FILE_NAME = "deeploy.json"


def read_deeploy(property_path: Path) -> dict[str, Any]:
    """What the file holds; nothing where there is none. Raises ProjectError (`bad-config`) for what is no JSON object."""
    try:
        document = json.loads((property_path / FILE_NAME).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:
        raise ProjectError(Problem("bad-config", f"{FILE_NAME} cannot be read as JSON: {error}", file=FILE_NAME)) from error
    if not isinstance(document, dict):
        raise ProjectError(Problem("bad-config", f"{FILE_NAME} holds no object", file=FILE_NAME, expected="{...}"))
    return document


def write_deeploy(property_path: Path, document: dict[str, Any]) -> None:
    """Puts `document` in the file's place, whole or not at all."""
    replace_file(property_path / FILE_NAME, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
