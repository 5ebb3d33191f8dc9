"""dynalite, a server of the DynamoDB protocol in JavaScript: for machines that have Node.js but no Dynoxide binary."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from deep.local.engines.child import Household, Launch
from deep.local.engines.supervised import Program, Supervised

FOLDER = "dynalite"


def find_command() -> tuple[str, ...] | None:
    """How dynalite is run here: from the PATH, or from the repository's npm packages by Node.js. None when it is not."""
    found = shutil.which("dynalite")
    if found:
        return (found,)
    script = Path(__file__).resolve().parents[4] / "node_modules" / "dynalite" / "cli.js"
    node = shutil.which("node")
    return (node, str(script)) if node and script.is_file() else None


class Dynalite:
    """The supervised engine; a `TableEngine`."""

    name = "dynalite"
    missing: tuple[str, ...] = ("transactions (create_unique_on_fields)", "deletion of expired items (TTL)", "streams", "PartiQL")

    def __init__(self, command: tuple[str, ...], data: Path, household: Household, on_note: Callable[[str], None]) -> None:
        self._command = command
        self._data = data / FOLDER
        self._server = Supervised(Program(self.name, self._launch_on), household, on_note)

    @property
    def endpoint(self) -> str:
        return self._server.endpoint

    async def start(self) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    def _launch_on(self, host: str, port: int) -> Launch:
        argv = [*self._command, "--host", host, "--port", str(port), "--path", str(self._data), "--createTableMs", "0", "--updateTableMs", "0"]
        return Launch(argv, self._data, {"PATH": os.environ.get("PATH", os.defpath)})
