"""An app's backend, running: the engine with its tables, the door before it, and its functions. For the gateway, or for a single invocation."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from deep.bundle.frontend import local_identity_pool
from deep.bundle.function import cloud_names
from deep.bundle.tables import table_definitions
from deep.bundle.target import Target
from deep.errors import Problem
from deep.local.datadir import DataDir
from deep.local.door.door import Door
from deep.local.door.engine import Engine
from deep.local.door.keyring import Keyring
from deep.local.door.policies import Policies
from deep.local.door.recorder import Recorder, recordings_path
from deep.local.engines.child import Household
from deep.local.engines.dynamodb_http import DynamoDbHttp
from deep.local.engines.dynoxide import check_database
from deep.local.engines.sweeping import Sweeper, endings
from deep.local.engines.table_engine import EngineHome, TableEngine, find_table_engine
from deep.local.engines.tables import reconcile_tables
from deep.local.functions.functions import Functions
from deep.local.functions.installing import install
from deep.local.functions.launching import FunctionSpec
from deep.local.functions.layer import build_layer
from deep.local.functions.requirements import requirements_of
from deep.local.functions.specs import function_specs, local_actions
from deep.local.identity.identity import anonymous_identity
from deep.local.identity.keeping import IdentityKeep
from deep.local.neighbour import DOOR
from deep.local.reporter import Reporter
from deep.model import App

TABLES = "tables"
"""How the engine is called in the log."""
LAST_GRACE_S = 0.5
"""What functions get to finish when the gateway has already waited for its requests."""


class Backend:
    """Tables and functions of one app. `start` begins, `update` follows the app's changes, `stop` ends everything it started."""

    def __init__(self, data: DataDir, identities: IdentityKeep, reporter: Reporter) -> None:
        """`identities` gives functions their credentials, and holds the accounts that they may administer."""
        self._data = data
        self._identities = identities
        self._reporter = reporter
        self.recorder = Recorder()
        self._started = AsyncExitStack()
        self._household = Household()  # of the engine and the functions together: one warden watches over all
        self._engine: TableEngine | None = None
        self._sweeper: Sweeper | None = None
        self._door: Door | None = None
        self._keyring: Keyring | None = None
        self._functions: Functions | None = None

    @property
    def functions(self) -> Functions:
        """The functions; there are none before `start`."""
        if self._functions is None:
            raise RuntimeError("the backend has not been started")
        return self._functions

    async def start(self, app: App, target: Target) -> None:
        """Engine, tables, door, requirements, functions, in this order. Raises DeepError, with nothing left running."""
        try:
            engine = await self._start_engine()
            await self._reconcile(app, target)
            door = await self._open_door(engine, app, target)
            specs = await self._prepare(app, target)
            layer = await asyncio.to_thread(build_layer, self._data.folder("layer"))
            functions = Functions(specs, layer, self._reporter.log, household=self._household)
            self._started.push_async_callback(functions.close, LAST_GRACE_S)
            self._functions = door.functions = functions
        except BaseException:
            await self.stop()
            raise

    async def update(self, app: App, target: Target) -> None:
        """Takes up another state of the app: tables, indexes and functions. Raises DeepError, with the old state left serving.

        Functions' calls wait while tables change, and find the new policies when they go on: no write falls between two states.
        """
        specs = await self._prepare(app, target)
        if self._door is None or self._door.engine is None:
            raise RuntimeError("the door has not been opened")
        async with self._door.engine.held():
            await self._reconcile(app, target)
            self._use_policies(self._door, app, target)
            self.functions.replace(specs)

    async def drain(self, seconds: float) -> None:
        """Waits up to `seconds` for invocations that functions began and did not wait for."""
        if self._door is not None:
            await self._door.drain(seconds)

    async def stop(self) -> None:
        """Ends everything, and keeps on disk what functions were seen to need."""
        await self._started.aclose()
        try:
            self.recorder.save(recordings_path(self._data.path))
        except OSError as error:
            self._reporter.step(f"what functions used could not be written down: {error}")

    async def _open_door(self, engine: TableEngine, app: App, target: Target) -> Door:
        door = Door(self._identities.vault, self._policies(app, target), self._reporter)
        self._use_policies(door, app, target)
        self._started.push_async_callback(door.stop)
        await door.start(Engine(engine.endpoint))
        address = self._data.path / DOOR
        address.write_text(f"{door.url}\n", encoding="ascii")
        self._started.callback(address.unlink, missing_ok=True)
        self._door, self._keyring = door, Keyring(self._identities.vault, door.url)
        return door

    def _use_policies(self, door: Door, app: App, target: Target) -> None:
        door.accounts.use(self._identities.users(app))
        door.developer_identity = anonymous_identity(local_identity_pool(app, target))
        door.use(self._policies(app, target))

    def _policies(self, app: App, target: Target) -> Policies:
        return Policies(app, cloud_names(app, target), self.recorder)

    async def _start_engine(self) -> TableEngine:
        self._check_tables()
        self._started.push_async_callback(self._household.close)
        engine = find_table_engine(EngineHome(self._data.folder("data"), self._household, lambda line: self._reporter.log(TABLES, line)))
        self._started.push_async_callback(engine.stop)
        await engine.start()
        self._engine, self._sweeper = engine, Sweeper(DynamoDbHttp(engine.endpoint))
        self._started.push_async_callback(_cancel, asyncio.create_task(self._sweeper.run()))
        return engine

    def _check_tables(self) -> None:
        """A power cut, unlike a crash of ours, may have damaged the tables' file; then it is set aside and said so."""
        if self._data.machine_went_down:
            aside = check_database(self._data.folder("data"))
            if aside is not None:
                message = "the machine went down, which damaged the tables' file"
                help_ = "new, empty tables are used; the old file is kept beside them"
                self._reporter.problem(Problem("tables-damaged", message, file=str(aside), help=help_))

    async def _prepare(self, app: App, target: Target) -> dict[str, FunctionSpec]:
        """Everything functions need before they can run, but for tables: requirements, configurations."""
        if self._engine is None or self._keyring is None:
            raise RuntimeError("the engine has not been started")
        self._tell_unserved(app, self._engine)
        roots = [action.source for action in local_actions(app) if action.source is not None]
        required = requirements_of(roots, self._data.folder("requirements"))
        await install(required, self._reporter.step)
        return await asyncio.to_thread(function_specs, app, target, self._data.folder("functions"), required.folders, self._keyring.environment)

    async def _reconcile(self, app: App, target: Target) -> None:
        if self._engine is None or self._sweeper is None:
            raise RuntimeError("the engine has not been started")
        definitions = table_definitions(app, target)
        async with self._sweeper.resting:
            changes = await reconcile_tables(DynamoDbHttp(self._engine.endpoint), definitions)
            self._sweeper.use(endings(app.models, definitions))
        for line in changes.lines():
            self._reporter.step(line)
        for problem in changes.problems:
            self._reporter.problem(problem)

    def _tell_unserved(self, app: App, engine: TableEngine) -> None:
        for action in app.actions:
            if action.type == "lambda" and action.language != "python":
                message = f"{action.identifier} is in {action.language}, which this platform does not run yet; it answers 502"
                self._reporter.problem(Problem("unserved-language", message, place=action.place))
        if engine.missing and engine.name != "Dynoxide":
            self._reporter.step(f"tables are kept by {engine.name}, which lacks {', '.join(engine.missing)}")


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
