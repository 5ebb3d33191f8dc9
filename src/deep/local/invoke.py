"""One function, once: what `deepify lambda` does."""

from __future__ import annotations

import asyncio
from pathlib import Path

from deep.bundle.frontend import local_identity_pool
from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.local.backend import Backend
from deep.local.datadir import FOLDER, DataDir
from deep.local.functions.outcome import Outcome
from deep.local.identity.identity import anonymous_identity
from deep.local.neighbour import invoke_there, read_address
from deep.local.platform import target_of
from deep.local.reporter import Reporter
from deep.model import App, load_app

NO_GATEWAY = "http://127.0.0.1:9"
"""Port 9 (discard) refuses: a single function has no gateway through which to reach others."""


async def invoke_once(app_path: Path, identifier: str, event: bytes, reporter: Reporter) -> Outcome:
    """Invokes the action `identifier` of the app at `app_path` directly, with an event (JSON bytes).

    The caller is the anonymous identity. Tables and function are started for it and stopped again; should a platform run on the property already,
    it is asked instead, since it keeps the tables. Raises DeepError: the app is wrong, the action unknown or not in Python, or the machine stands in
    the way.
    """
    app = await asyncio.to_thread(load_app, app_path)
    action = app.action(identifier)
    if action.type != "lambda" or action.language != "python":
        message = f"{action.identifier} is no Python function, so it cannot be run here"
        raise ProjectError(Problem("unserved-language", message, place=action.place))
    try:
        data = DataDir.open(app.path)
    except EnvironmentProblem:
        url = read_address(app.path / FOLDER)
        if url is None:
            raise
        return await invoke_there(url, action.identifier, event)
    with data:
        return await _invoke_alone(app, action.identifier, event, Backend(data, NO_GATEWAY, reporter))


async def _invoke_alone(app: App, identifier: str, event: bytes, backend: Backend) -> Outcome:
    target = target_of(app)
    await backend.start(app, target)
    try:
        return await backend.functions.invoke(identifier, event, identity_id=anonymous_identity(local_identity_pool(app, target)))
    finally:
        await backend.stop()
