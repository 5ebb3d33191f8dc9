"""An installation that was decided and cut short is finished by the next command, whichever that is: what `place` wrote down tells how."""

from __future__ import annotations

import json
import os
from pathlib import Path


def journal_path(property_path: Path) -> Path:
    """Where the moves of an installation are written down before the first of them."""
    return property_path / ".deep" / "install" / "journal.json"


def finish_interrupted(property_path: Path) -> bool:
    """Finishes an installation that was decided but cut short; answers whether there was one. Safe to call at any time, and again."""
    path = journal_path(property_path)
    try:
        journal = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    import shutil

    stage = property_path / journal["stage"]
    for number, (staged, target) in enumerate(journal["moves"]):
        _swap(property_path / staged, property_path / target, stage / f"replaced-{number}")
    path.unlink()
    shutil.rmtree(stage, ignore_errors=True)
    return True


def _swap(staged: Path, target: Path, aside: Path) -> None:
    if not os.path.lexists(staged):  # this move was made before the interruption
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target):
        target.rename(aside)
    staged.rename(target)
