"""One function, once: what `deepify lambda` does."""

from __future__ import annotations

import asyncio
from pathlib import Path

from deep.errors import Problem, ProjectError
from deep.local.backend import Backend
from deep.local.datadir import DataDir
from deep.local.outcome import Outcome
from deep.local.platform import target_of
from deep.local.reporter import Reporter
from deep.model import load_app

NO_GATEWAY = "http://127.0.0.1:9"
"""Port 9 (discard) refuses: a single function has no gateway through which to reach others."""


async def invoke_once(app_path: Path, identifier: str, event: bytes, reporter: Reporter) -> Outcome:
    """Invokes the action `identifier` of the app at `app_path` directly, with an event (JSON bytes), and stops everything again.

    Raises DeepError: the app is wrong, the action unknown or not a Python function, or a platform runs on the property already.
    """
    app = await asyncio.to_thread(load_app, app_path)
    action = app.action(identifier)
    if action.type != "lambda" or action.language != "python":
        message = f"{action.identifier} is no Python function, so it cannot be run here"
        raise ProjectError(Problem("unserved-language", message, place=action.place))
    with DataDir.open(app.path) as data:
        backend = Backend(data, NO_GATEWAY, reporter)
        await backend.start(app, target_of(app))
        try:
            return await backend.functions.invoke(action.identifier, event)
        finally:
            await backend.stop()
