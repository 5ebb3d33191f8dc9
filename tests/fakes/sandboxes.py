"""Builders for tests of functions in processes: a function from a few lines of code, and a running `Functions` that leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from deep.local.functions.functions import Functions
from deep.local.functions.launching import FunctionSpec
from deep.local.functions.outcome import Answer, Failure
from deep.local.functions.pool import PoolLimits

FAKE_LAYER = Path(__file__).parent / "layer"
IDENTIFIER = "deep.test:thing:do"

CONFIG: Mapping[str, Any] = {
    "version": 1,
    "env": "dev",
    "deployId": "00000000",
    "region": "us-east-1",
    "accountId": "000000000000",
    "appIdentifier": "test",
    "microapp": "deep.test",
    "action": IDENTIFIER,
    "forceUserIdentity": False,
    "validationSchema": None,
    "development": True,
    "globals": {},
    "tables": {},
    "microapps": {},
}


def function(folder: Path, code: str, *, timeout_s: float = 5.0, memory_mb: int = 256) -> FunctionSpec:
    """A function whose `handler.py` is `code`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "handler.py").write_text(dedent(code), encoding="utf-8")
    config = folder.parent / f"{folder.name}.config" / "_config.json"
    config.parent.mkdir(exist_ok=True)
    config.write_text(json.dumps(CONFIG), encoding="utf-8")
    return FunctionSpec(IDENTIFIER, "arn:test", folder, config, memory_mb, timeout_s, None, {"PATH": "/usr/bin:/bin"})


@dataclass(slots=True)
class Running:
    """A running `Functions` with a single function, and what it printed."""

    functions: Functions
    lines: list[str] = field(default_factory=list)

    async def call(self, event: Any = None, **more: Any) -> Any:
        """The answer's JSON; fails the test on a Failure."""
        outcome = await self.functions.invoke(IDENTIFIER, json.dumps(event).encode(), **more)
        assert isinstance(outcome, Answer), outcome
        return json.loads(outcome.payload)

    async def fail(self, event: Any = None, **more: Any) -> Failure:
        """The failure; fails the test on an Answer."""
        outcome = await self.functions.invoke(IDENTIFIER, json.dumps(event).encode(), **more)
        assert isinstance(outcome, Failure), outcome
        return outcome


@contextlib.asynccontextmanager
async def running(spec: FunctionSpec, layer: Path = FAKE_LAYER, limits: PoolLimits | None = None) -> AsyncIterator[Running]:
    """The function, ready to be called; all its processes are gone afterwards."""
    lines: list[str] = []
    functions = Functions({spec.identifier: spec}, layer, lambda _, line: lines.append(line), limits)
    try:
        yield Running(functions, lines)
    finally:
        await functions.close()


def exists(pid: int) -> bool:
    """Whether a process runs; one that ended and only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ignore(_: object) -> None:
    """Nobody listens."""
