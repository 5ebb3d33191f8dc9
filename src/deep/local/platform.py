"""The local platform as a whole: everything started in order, kept in step with the files, and stopped in reverse.

The order is `Platform.start`'s. The app is read, its data folder locked and the port taken before anything else happens, so that what is wrong is
told at once and nothing has to be undone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
import webbrowser
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from deep.bundle.headers import loosened
from deep.bundle.leaks import secrets_of
from deep.bundle.target import Target
from deep.errors import DeepError
from deep.frozen import dataclass
from deep.local.backend import Backend
from deep.local.datadir import DataDir
from deep.local.gateway.gateway import Gateway, Served
from deep.local.gateway.livereload import LiveReload
from deep.local.gateway.requestlog import RequestLog
from deep.local.http.server import GRACE_S, HttpServer, bind
from deep.local.identity.keeping import IdentityKeep
from deep.local.migrating import migrate, tell_due
from deep.local.neighbour import ADDRESS
from deep.local.redaction import RedactingReporter, Redaction, secret_values
from deep.local.reporter import Reporter
from deep.local.view import ViewOptions, view_of
from deep.local.watching.building import build_frontends
from deep.local.watching.changes import Effects, effects_of
from deep.local.watching.frontends import Frontend, built_frontends
from deep.local.watching.watcher import Watcher, watch_plan
from deep.model import App, load_app
from deep.names import deploy_id

DEFAULT_PORT = 8000
USERS = "users"
"""How the user pool is called in the log, where the codes it would send by e-mail are told."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve. Port 0 takes a free one; `build_frontend` off serves frontends' sources; `hosts` are further names to answer to.

    `act_as` is the role that unsigned requests act in; None lets none in, as when deployed.
    """

    port: int = DEFAULT_PORT
    open_browser: bool = False
    build_frontend: bool = True
    watch: bool = True
    hosts: tuple[str, ...] = ()
    act_as: str | None = None


def run(app_path: Path, options: ServeOptions, reporter: Reporter) -> None:
    """`serve` on the fastest event loop there is. Returns after a clean stop; raises what `serve` raises."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve(app_path, options, reporter))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's loop, or None (asyncio's own) where there is no uvloop."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


async def serve(app_path: Path, options: ServeOptions, reporter: Reporter) -> None:
    """Serves the app until SIGINT or SIGTERM: then requests in flight finish (at most 5 s) and everything is stopped. A second signal ends at once.

    Raises DeepError when it cannot start, with nothing left running, and KeyboardInterrupt when it is interrupted while starting.
    """
    interrupt = _Interrupt()
    async with AsyncExitStack() as started:
        started.callback(interrupt.forget)
        platform = Platform(options, reporter, started)
        interrupt.cancels(asyncio.current_task())
        try:
            await platform.start(app_path)
        except asyncio.CancelledError:
            if interrupt.came:
                raise KeyboardInterrupt from None
            raise
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        reporter.step("stopping")


class _Interrupt:
    """SIGINT and SIGTERM: the first cancels the platform's task, the second leaves at once (children are killed by their warden)."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.came = False
        self._task: asyncio.Task[Any] | None = None
        for number in self.SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)

    def cancels(self, task: asyncio.Task[Any] | None) -> None:
        self._task = task

    def forget(self) -> None:
        for number in self.SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _on_signal(self) -> None:
        if self.came:
            os._exit(130)
        self.came = True
        if self._task is not None:
            self._task.cancel()


class Platform:
    """The running parts of one app. What `start` starts is stopped, in reverse, when `started` (the caller's exit stack) closes."""

    def __init__(self, options: ServeOptions, reporter: Reporter, started: AsyncExitStack) -> None:
        self._options = options
        self._reporter = RedactingReporter(reporter, Redaction())
        self._started = started
        self._live = LiveReload()
        self._building: asyncio.Task[None] | None = None

    async def start(self, app_path: Path) -> None:
        """Starts everything and tells the URL."""
        app = await asyncio.to_thread(load_app, app_path)
        data = self._started.enter_context(DataDir.open(app.path))
        sockets = bind(self._options.port)
        self._started.callback(_close_all, sockets)
        self._app_path, self._app, self._target = app_path, app, target_of(app)
        self._reporter.redaction = Redaction(secret_values(app))
        self._url = f"http://localhost:{sockets[0].getsockname()[1]}"
        self._identities = IdentityKeep.open(data.path, self._url, lambda line: self._reporter.log(USERS, line))
        self._started.callback(self._identities.close)
        for warning in app.warnings:
            self._reporter.step(f"warning[{warning.code}]: {warning.message}")
        for opened in loosened(app):
            self._reporter.step(f"opened: {opened}")
        await self._build(self._built())
        await self._start_backend(data)
        await migrate(app, self._backend.functions.invoke, self._reporter)
        await self._start_gateway(sockets)
        self._tell_address(data.path / ADDRESS)
        if self._options.watch:
            await self._start_watcher()
        self._reporter.ready(self._url)
        looking = asyncio.create_task(self._tell_secrets())
        self._started.callback(looking.cancel)
        if self._options.open_browser:
            await asyncio.to_thread(webbrowser.open, self._url)

    async def _tell_secrets(self) -> None:
        """After the address, because it reads every file and nobody shall wait for it."""
        for problem in await asyncio.to_thread(secrets_of, self._app):
            self._reporter.step(f"warning[{problem.code}]: {problem.message} ({problem.place})")

    async def _start_backend(self, data: DataDir) -> None:
        self._backend = Backend(data, self._identities, self._reporter)
        await self._backend.start(self._app, self._target)
        self._started.push_async_callback(self._backend.stop)

    async def _start_gateway(self, sockets: list[socket.socket]) -> None:
        log = RequestLog(self._reporter)
        self._gateway = Gateway(self._view(), self._backend.functions, log, self._live, self._options.hosts)
        server = HttpServer(self._gateway)
        await log.start()
        self._started.push_async_callback(log.stop)
        self._started.push_async_callback(self._backend.drain, GRACE_S)
        self._started.push_async_callback(self._gateway.drain, GRACE_S)
        await server.start(sockets)
        self._started.push_async_callback(server.stop)
        self._started.callback(self._live.close)

    def _tell_address(self, file: Path) -> None:
        file.write_text(f"{self._url}\n", encoding="ascii")
        self._started.callback(file.unlink, missing_ok=True)

    async def _start_watcher(self) -> None:
        self._watcher = Watcher(self._on_edits, self._reporter.problem)
        self._started.push_async_callback(self._stop_watching)
        await self._watcher.watch(watch_plan(self._app))

    async def _stop_watching(self) -> None:
        await self._watcher.stop()
        if self._building is not None:
            self._building.cancel()
            await asyncio.gather(self._building, return_exceptions=True)

    async def _on_edits(self, paths: frozenset[Path]) -> None:
        """One batch of edits: functions first, since they are waited for most impatiently."""
        effects = effects_of(self._app, paths)
        if effects == Effects():
            return
        known = [identifier for identifier in effects.functions if identifier in self._backend.functions]
        self._backend.functions.refresh(known)
        self._reporter.changed(sorted(_shown(path, self._app.path) for path in paths))
        if effects.app:
            await self._guarded(self._reload_app())
        if effects.migrations:
            await self._guarded(tell_due(self._app, self._backend.functions.invoke, self._reporter))
        built = [frontend for frontend in self._built() if frontend.microapp in effects.frontends]
        if built:
            self._rebuild(built)
        if effects.pages or effects.frontends - {frontend.microapp for frontend in built}:
            await self._guarded(self._serve_again("page"))
        await self._watcher.watch(watch_plan(self._app))

    async def _reload_app(self) -> None:
        """Reads the app again and serves the new state of it, unless something is wrong with it."""
        app = await asyncio.to_thread(load_app, self._app_path)
        target = replace(target_of(app), deploy_id=self._target.deploy_id)  # functions whose configuration is as before stay warm
        await self._build([frontend for frontend in self._built(app) if frontend not in self._built()])
        await self._backend.update(app, target)
        self._app, self._target = app, target
        self._reporter.redaction = Redaction(secret_values(app))
        await self._serve_again("app")

    async def _serve_again(self, what: str) -> None:
        self._gateway.use(await asyncio.to_thread(self._view))
        self._live.notify(what)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Does what an edit asks for; if the edit was wrong, says so and the last good state stays."""
        try:
            await work
        except DeepError as error:
            for problem in error.problems:
                self._reporter.problem(problem)

    def _rebuild(self, frontends: list[Frontend]) -> None:
        """Builds beside everything else; the result is noticed as any other edit. Edits made during a build are seen to after it."""
        before = self._building

        async def build() -> None:
            if before is not None:
                await asyncio.gather(before, return_exceptions=True)
            await self._guarded(self._build(frontends))

        self._building = asyncio.create_task(build())

    async def _build(self, frontends: list[Frontend]) -> None:
        for problem in await build_frontends(frontends, self._reporter.step):
            self._reporter.problem(problem)

    def _built(self, app: App | None = None) -> list[Frontend]:
        return list(built_frontends(app or self._app)) if self._options.build_frontend else []

    def _view(self) -> Served:
        options = self._options
        noted = self._backend.recorder.note_call
        shown = ViewOptions(use_build=options.build_frontend, live_reload=options.watch, act_as=options.act_as, noted=noted)
        return view_of(self._app, self._target, self._identities, shown)


def target_of(app: App) -> Target:
    """Where a local run is bundled for: the property's own environment, with a deploy id that no other run has."""
    owner = app.property
    return Target(owner.env, deploy_id(owner.app_identifier, str(time.time_ns())), owner.region, owner.account_id, development=True)


def _close_all(sockets: list[socket.socket]) -> None:
    for listener in sockets:
        listener.close()


def _shown(path: Path, base: Path) -> str:
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)
