"""Which program keeps the tables: Dynoxide where there is one for this machine, else dynalite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from deep.errors import EnvironmentProblem, Problem
from deep.frozen import dataclass
from deep.local.engines import dynalite, dynoxide
from deep.local.engines.child import Household


class TableEngine(Protocol):
    """A running server of the DynamoDB protocol. `missing` names, for people, what it cannot do that DynamoDB can."""

    name: str
    missing: tuple[str, ...]

    @property
    def endpoint(self) -> str:
        """Its URL, the same from `start` to `stop` even when it had to be restarted."""

    async def start(self) -> None:
        """Returns when it answers. Raises EnvironmentProblem."""

    async def stop(self) -> None:
        """Returns when it is gone and its data is on disk."""


@dataclass(frozen=True, slots=True)
class EngineHome:
    """Where an engine lives: the folder of its data, the household of its process, and where its troubles are told."""

    data: Path
    household: Household
    on_note: Callable[[str], None]


def find_table_engine(home: EngineHome) -> TableEngine:
    """The best engine this machine has, not yet started. Raises EnvironmentProblem naming where was looked."""
    binary = dynoxide.find_binary()
    if binary is not None:
        return dynoxide.Dynoxide(binary, home.data, home.household, home.on_note)
    command = dynalite.find_command()
    if command is not None:
        return dynalite.Dynalite(command, home.data, home.household, home.on_note)
    message = f"no engine for tables was found; looked for {', '.join(map(str, dynoxide.places()))}, and for dynalite"
    raise EnvironmentProblem(
        Problem("no-table-engine", message, help=f"npm install {dynoxide.package_name()}, or set {dynoxide.VARIABLE} to its binary")
    )
