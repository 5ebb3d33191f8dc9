"""The apps that are judged."""

from __future__ import annotations

from pathlib import Path

from deep.model import App, load_app
from tests.generated.property import write_property

APPS = Path(__file__).parents[2] / "apps"
GENERATED = "generated"
JUDGED = (*sorted({path.relative_to(APPS).parts[0] for path in APPS.glob("*/*/Backend/resources.json")}), GENERATED)
"""All that have actions: of pages alone there is nothing to judge."""


def judged_app(name: str, folder: Path) -> App:
    """One of `JUDGED`; `folder` is where the generated one is written."""
    return load_app(write_property(folder / GENERATED) if name == GENERATED else APPS / name, environ={})
