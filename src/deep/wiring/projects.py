"""The property that a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deep.model import App


def app_of(project: Path) -> App:
    """The app at `project`, an interrupted installation finished. Raises UsageError when there is none."""
    from deep.model import load_app

    property_of(project)
    return load_app(project)


def property_of(project: Path) -> Path:
    """The property that `project` is or belongs to, with an interrupted installation finished. Raises UsageError when there is none."""
    from deep.model.discovery import find_microapps
    from deep.packages.interrupted import finish_interrupted

    property_path = find_microapps(project).property
    finish_interrupted(property_path)
    return property_path
