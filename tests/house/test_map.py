"""ARCHITECTURE.md names every room that is there, and no room that is not."""

from __future__ import annotations

import re
import tomllib

from tests.house.tree import ROOT, rooms

MAP = ROOT / "ARCHITECTURE.md"


def test_the_map_shows_the_rooms_there_are() -> None:
    assert _on_the_map() == set(rooms())


def test_the_stairs_know_every_room() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "stairs")
    assert set(rooms()) <= {room.strip(" ()") for layer in layers for room in layer.split("|")}


def test_the_map_draws_the_stairs_that_are_enforced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "stairs")
    stairs = [" | ".join(room for room in (part.strip(" ()") for part in layer.split("|")) if room in rooms()) for layer in layers]
    assert " > ".join(stair for stair in stairs if stair) in MAP.read_text(encoding="utf-8")


def _on_the_map() -> set[str]:
    """Rooms are the rows of the table under the heading "Rooms": | `name` | what it is |."""
    section = MAP.read_text(encoding="utf-8").partition("\n## Rooms")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z_]+)` \|", section, flags=re.MULTILINE))
