"""`deepify server`, `lambda` and `user`: the property on this machine."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.errors import Problem, ProjectError, UsageError
from deep.frozen import dataclass
from deep.wiring.projects import property_of

if TYPE_CHECKING:
    from deep.local.accounts import AccountBook
    from deep.local.reporter import Reporter
    from deep.wire.invocation import Fault


@dataclass(frozen=True, slots=True)
class Invoked:
    """What a function answered, as JSON values, and how long it took: `init_ms` to start it, `duration_ms` of its own."""

    payload: Any
    init_ms: float
    duration_ms: float


def serve(project: Path, reporter: Reporter, **options: Any) -> None:
    """Runs the local platform for the property or microapplication at `project` until it is interrupted; `options` are `ServeOptions`'s."""
    from deep.local.platform import ServeOptions, run

    property_of(project)
    run(project, ServeOptions(**options), reporter)


def invoke(function: str, project: Path, event: bytes, reporter: Reporter) -> Invoked:
    """Runs one action once. `function` is its identifier, or the folder of its code (then `project` does not matter).

    Raises ProjectError with the function's own words when it fails.
    """
    import asyncio

    from deep.local.functions.outcome import Failure
    from deep.local.invoke import invoke_once

    folder = Path(function).expanduser().absolute()
    identifier, where = _action_in(folder) if folder.is_dir() else (function, project)
    property_of(where)
    outcome = asyncio.run(invoke_once(where, identifier, event, reporter))
    if isinstance(outcome, Failure):
        raise ProjectError(_told(identifier, outcome.fault))
    return Invoked(json.loads(outcome.payload), outcome.init_ms or 0.0, outcome.duration_ms)


def accounts(project: Path) -> AbstractContextManager[AccountBook]:
    """The local users of the property, open while the context is."""
    from deep.local.accounts import open_accounts

    return open_accounts(property_of(project))


def _action_in(folder: Path) -> tuple[str, Path]:
    """The identifier of the action whose code lies in `folder`, and the microapplication to load for it."""
    from deep.model import load_app
    from deep.packages.manifest import FILE_NAME

    microapp = next((parent for parent in (folder, *folder.parents) if (parent / FILE_NAME).exists()), None)
    if microapp is None:
        raise UsageError(Problem("unknown-action", f"{folder} is in no microapplication", help="name an action: deep.todo:task:create"))
    for action in load_app(microapp).actions:
        if action.source == folder.resolve():
            return action.identifier, microapp
    raise UsageError(Problem("unknown-action", f"no action has its code in {folder}", help="`deepify inspect` lists the actions"))


def _told(identifier: str, fault: Fault) -> Problem:
    lines = "".join(fault.get("stackTrace", []))
    trace = "".join(f"\n  | {line}" for line in lines.rstrip().splitlines())
    return Problem("function-failed", f"{identifier} failed: {fault['errorType']}: {fault['errorMessage']}{trace}")
