"""One function, once: what `deepify lambda` does."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from deep.bundle.cache_folder import FOLDER
from deep.bundle.frontend import local_identity_pool
from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.local.backend import Backend
from deep.local.datadir import DataDir
from deep.local.functions.outcome import Outcome
from deep.local.identity.identity import anonymous_identity
from deep.local.identity.keeping import SECRET, IdentityKeep
from deep.local.identity.vault import Vault, load_secret
from deep.local.neighbour import DOOR, invoke_there, read_address
from deep.local.platform import target_of
from deep.local.redaction import RedactingReporter, Redaction, secret_values
from deep.local.reporter import Reporter
from deep.model import App, load_app

NO_GATEWAY = "http://localhost"
"""Where accounts say that they are kept, when no gateway serves them."""
LAST_CALLS_S = 5.0
"""What functions that the function called, without waiting for them, get to finish."""


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
        url = read_address(app.path / FOLDER, DOOR)
        if url is None:
            raise
        return await invoke_there(url, Vault(load_secret(app.path / FOLDER / SECRET)), action.identifier, event)
    with data, closing(IdentityKeep.open(data.path, NO_GATEWAY, reporter.step)) as identities:
        told = RedactingReporter(reporter, Redaction(secret_values(app)))
        return await _invoke_alone(app, action.identifier, event, Backend(data, identities, told))


async def _invoke_alone(app: App, identifier: str, event: bytes, backend: Backend) -> Outcome:
    target = target_of(app)
    await backend.start(app, target)
    try:
        outcome = await backend.functions.invoke(identifier, event, identity_id=anonymous_identity(local_identity_pool(app, target)))
        await backend.drain(LAST_CALLS_S)
        return outcome
    finally:
        await backend.stop()
