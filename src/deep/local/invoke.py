"""Functions without a gateway: what `deepify lambda` and `deepify migrate` call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

from deep.bundle.cache_folder import FOLDER
from deep.bundle.frontend import local_identity_pool
from deep.errors import EnvironmentProblem, Problem, ProjectError
from deep.frozen import dataclass
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
    """Invokes the action `identifier` of the app at `app_path` directly, with an event (JSON bytes), as `functions_of` does.

    Raises DeepError: the app is wrong, the action unknown or not in Python, or the machine stands in the way.
    """
    app = await asyncio.to_thread(load_app, app_path)
    action = app.action(identifier)
    if action.type != "lambda" or action.language != "python":
        message = f"{action.identifier} is no Python function, so it cannot be run here"
        raise ProjectError(Problem("unserved-language", message, place=action.place))
    async with functions_of(app, reporter) as running:
        return await running.invoke(action.identifier, event)


@dataclass(frozen=True, slots=True)
class Running:
    """An app's functions, to be invoked by identifier. `is_alone`: no platform runs on the property besides."""

    invoke: Callable[[str, bytes], Awaitable[Outcome]]
    is_alone: bool


@asynccontextmanager
async def functions_of(app: App, reporter: Reporter) -> AsyncIterator[Running]:
    """The functions of an app, called by the anonymous identity.

    Tables and functions are started for it and stopped again; should a platform run on the property already, it is asked instead, since it keeps the
    tables.
    """
    try:
        data = DataDir.open(app.path)
    except EnvironmentProblem:
        url = read_address(app.path / FOLDER, DOOR)
        if url is None:
            raise
        yield Running(partial(invoke_there, url, Vault(load_secret(app.path / FOLDER / SECRET))), is_alone=False)
        return
    with data, closing(IdentityKeep.open(data.path, NO_GATEWAY, reporter.step)) as identities:
        backend, target = Backend(data, identities, RedactingReporter(reporter, Redaction(secret_values(app)))), target_of(app)
        await backend.start(app, target)
        try:
            yield Running(partial(backend.functions.invoke, identity_id=anonymous_identity(local_identity_pool(app, target))), is_alone=True)
            await backend.drain(LAST_CALLS_S)
        finally:
            await backend.stop()
