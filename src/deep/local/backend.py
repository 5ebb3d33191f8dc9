"""An app's backend, running: the engine with its tables, and its functions. Served by the gateway, or used for a single invocation."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from deep.bundle.tables import table_definitions
from deep.bundle.target import Target
from deep.errors import Problem
from deep.local.datadir import DataDir
from deep.local.engines.child import Household
from deep.local.engines.dynoxide import check_database
from deep.local.engines.table_engine import EngineHome, TableEngine, find_table_engine
from deep.local.engines.tables import reconcile_tables
from deep.local.functions.functions import Functions
from deep.local.functions.launching import FunctionSpec
from deep.local.functions.layer import build_layer
from deep.local.functions.requirements import install_requirements
from deep.local.functions.specs import Addresses, function_specs, local_actions
from deep.local.reporter import Reporter
from deep.model import App

TABLES = "tables"
"""How the engine is called in the log."""
LAST_GRACE_S = 0.5
"""What functions get to finish when the gateway has already waited for its requests."""


class Backend:
    """Tables and functions of one app. `start` begins, `update` follows the app's changes, `stop` ends everything it started."""

    def __init__(self, data: DataDir, gateway_url: str, reporter: Reporter) -> None:
        self._data = data
        self._gateway_url = gateway_url
        self._reporter = reporter
        self._started = AsyncExitStack()
        self._household = Household()  # of the engine and the functions together: one warden watches over all
        self._engine: TableEngine | None = None
        self._functions: Functions | None = None

    @property
    def functions(self) -> Functions:
        """The functions; there are none before `start`."""
        if self._functions is None:
            raise RuntimeError("the backend has not been started")
        return self._functions

    async def start(self, app: App, target: Target) -> None:
        """Engine, tables, requirements, functions, in this order. Raises DeepError, with nothing left running."""
        try:
            await self._start_engine()
            specs = await self._prepare(app, target)
            layer = await asyncio.to_thread(build_layer, self._data.folder("layer"))
            functions = Functions(specs, layer, self._reporter.log, household=self._household)
            self._started.push_async_callback(functions.close, LAST_GRACE_S)
            self._functions = functions
        except BaseException:
            await self.stop()
            raise

    async def update(self, app: App, target: Target) -> None:
        """Takes up another state of the app: tables, indexes and functions. Raises DeepError, with the old state left serving."""
        self.functions.replace(await self._prepare(app, target))

    async def stop(self) -> None:
        await self._started.aclose()

    async def _start_engine(self) -> None:
        self._check_tables()
        self._started.push_async_callback(self._household.close)
        engine = find_table_engine(EngineHome(self._data.folder("data"), self._household, lambda line: self._reporter.log(TABLES, line)))
        self._started.push_async_callback(engine.stop)
        await engine.start()
        self._engine = engine

    def _check_tables(self) -> None:
        """A power cut, unlike a crash of ours, may have damaged the tables' file; then it is set aside and said so."""
        if self._data.machine_went_down:
            aside = check_database(self._data.folder("data"))
            if aside is not None:
                message = "the machine went down, which damaged the tables' file"
                help_ = "new, empty tables are used; the old file is kept beside them"
                self._reporter.problem(Problem("tables-damaged", message, file=str(aside), help=help_))

    async def _prepare(self, app: App, target: Target) -> dict[str, FunctionSpec]:
        """Everything functions need before they can run: tables, requirements, configurations."""
        if self._engine is None:
            raise RuntimeError("the engine has not been started")
        self._tell_unserved(app, self._engine)
        changes = await reconcile_tables(self._engine.endpoint, table_definitions(app, target))
        for problem in changes.problems:
            self._reporter.problem(problem)
        roots = [action.source for action in local_actions(app) if action.source is not None]
        installed = await install_requirements(roots, self._data.folder("requirements"), self._reporter.step)
        addresses = Addresses(self._engine.endpoint, self._gateway_url)
        return await asyncio.to_thread(function_specs, app, target, self._data.folder("functions"), installed, addresses)

    def _tell_unserved(self, app: App, engine: TableEngine) -> None:
        for action in app.actions:
            if action.type == "lambda" and action.language != "python":
                message = f"{action.identifier} is in {action.language}, which this platform does not run yet; it answers 502"
                self._reporter.problem(Problem("unserved-language", message, place=action.place))
        if engine.missing and engine.name != "Dynoxide":
            self._reporter.step(f"tables are kept by {engine.name}, which lacks {', '.join(engine.missing)}")
