"""The gateway: one application that serves functions at their deployed paths, the app's files, and the platform's own addresses.

There is no framework in it. A request for an action costs a dictionary lookup, the joining of a few byte strings into an event, and the function's
own time; no task is started for it, and the log line is written later. The order of checks is that of the deployed gateway: who asks (Host, Origin),
path, method, identity, then the function.
"""

from __future__ import annotations

import asyncio
import os
from asyncio import Future
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import field
from functools import partial
from time import perf_counter
from traceback import format_exception
from typing import Any

from deep.bundle.headers import REPORT_PATH
from deep.errors import DeepError, render
from deep.frozen import dataclass
from deep.local.functions.outcome import Failure, Outcome
from deep.local.gateway.directcalls import DirectCalls
from deep.local.gateway.guard import Guard, Refused
from deep.local.gateway.invoker import Invoker, invoked
from deep.local.gateway.livereload import PATH as RELOAD_PATH
from deep.local.gateway.livereload import LiveReload
from deep.local.gateway.requestlog import RequestLog
from deep.local.gateway.routes import Route, Routes
from deep.local.gateway.shield import Shield
from deep.local.gateway.site import Site
from deep.local.gateway.violations import Violations
from deep.local.http.connection import Connection
from deep.local.http.origin import Doorkeeper
from deep.local.http.reply import JSON_TYPE, Reply, json_reply, message_reply, reply_of
from deep.local.http.request import BadRequest, HttpRequest
from deep.local.identity.identity import Identities
from deep.local.identity.pool.settings import ENDPOINT as USER_POOLS
from deep.local.reporter import RequestLine


@dataclass(frozen=True, slots=True)
class Served:
    """All that the gateway serves of one state of the app; replaced whole when the app changes, so that no request sees half of each."""

    routes: Routes
    site: Site
    config: bytes
    identities: Identities
    guard: Guard
    development: bool = True
    shield: Shield = field(default_factory=Shield)
    openapi: bytes = b"{}"


class Exchange:
    """A request under way: where its answer goes, by which state of the app it is served, and what the log wants to know of it."""

    __slots__ = ("began", "connection", "function", "is_cold", "request", "served")

    def __init__(self, request: HttpRequest, connection: Connection, served: Served) -> None:
        self.began = perf_counter()
        self.request = request
        self.connection = connection
        self.served = served
        self.function: str | None = None
        self.is_cold = False


class Gateway:
    """The gateway of one platform. `use` switches to another state of the app between two requests."""

    def __init__(self, served: Served, functions: Invoker, log: RequestLog, live: LiveReload, hosts: Sequence[str] = ()) -> None:
        self._served = served
        self._functions = functions
        self._log = log
        self._live = live
        self._doorkeeper = Doorkeeper(hosts)
        self._direct = DirectCalls(functions, lambda: self._served.routes, self._note_failure)
        self._endpoints: dict[str, tuple[str, Callable[[HttpRequest], Awaitable[Reply]]]] = {
            "/_config.json": ("GET", self._config),
            "/_async_config.json": ("GET", self._config),
            "/_/openapi.json": ("GET", self._openapi),
            REPORT_PATH: ("POST", Violations(log.fault).serve),
            "/_/lambda": ("POST", self._original_call),
            "/_/lambda-async": ("POST", self._original_call),
            "/_/cognito-identity": ("POST", self._cognito),
            USER_POOLS: ("POST", self._users),
        }
        self._request_prefix = f"{os.urandom(4).hex()}-{os.urandom(2).hex()}-4{os.urandom(2).hex()[1:]}-8{os.urandom(2).hex()[1:]}-"
        self._request_count = 0
        self._running: set[asyncio.Task[None]] = set()

    def use(self, served: Served) -> None:
        """Serves this state of the app from the next request on."""
        self._served = served

    async def drain(self, seconds: float) -> None:
        """Waits for asynchronous invocations."""
        await self._direct.drain(seconds)

    # --- reception.Application ---

    def serve(self, request: HttpRequest, connection: Connection) -> None:
        exchange = Exchange(request, connection, self._served)
        try:
            route = exchange.served.routes.by_path.get(request.path)
            if route is not None:
                self._call(exchange, route)
            else:
                self._run(self._serve_other(exchange))
        except Exception as error:  # noqa: BLE001 - see `_failed`
            self._answer(exchange, self._failed(request, error))

    # --- actions: no task is started for them ---

    def _call(self, exchange: Exchange, route: Route) -> None:
        """Invokes the route's function, unless the request is refused. Raises BadRequest."""
        request, served = exchange.request, exchange.served
        exchange.function = route.identifier
        template = route.events.get(request.method)
        refusal = self._doorkeeper.refuse(request, private=True, sharing=served.shield.origins)
        if refusal is not None or template is None:
            self._answer(exchange, served.shield.share(request, refusal or _not_allowed(request, route.allow)))
            return
        try:
            caller = served.guard.admit(route, request)
        except Refused as refused:
            self._answer(exchange, served.shield.share(request, refused.reply))
            return
        request_id = self._request_id()
        event = template.build(request, caller, request_id)
        invoked(self._functions, route, event, caller, request_id).add_done_callback(partial(self._on_outcome, exchange, request_id))

    def _on_outcome(self, exchange: Exchange, request_id: str, outcome: Future[Outcome]) -> None:
        try:
            reply = self._reply(exchange, outcome.result())
            reply.headers.append((b"apigw-requestid", request_id.encode()))
        except Exception as error:  # noqa: BLE001 - see `_failed`
            reply = self._failed(exchange.request, error)
        self._answer(exchange, reply)

    def _reply(self, exchange: Exchange, outcome: Outcome) -> Reply:
        served = exchange.served
        exchange.is_cold = bool(outcome.init_ms)
        reply = reply_of(outcome, development=served.development)
        if reply.why is not None:
            self._log.fault(exchange.function or "", reply.why)
        return served.shield.share(exchange.request, reply)

    def _answer(self, exchange: Exchange, reply: Reply) -> None:
        exchange.served.shield.cover(reply)
        exchange.connection.answer(reply)
        request, took_ms = exchange.request, (perf_counter() - exchange.began) * 1000
        self._log.note(RequestLine(request.method, request.raw_path, reply.status, took_ms, exchange.function, exchange.is_cold))

    def _failed(self, request: HttpRequest, error: Exception) -> Reply:
        """What is answered when a request cannot be. Whatever is wrong in the platform itself, the person must see it and the server must go on."""
        if isinstance(error, BadRequest):
            return message_reply(400, str(error))
        told = [render(problem) for problem in error.problems] if isinstance(error, DeepError) else ["".join(format_exception(error))]
        for line in told:
            self._log.fault(f"{request.method} {request.raw_path}", line)
        return message_reply(500, "Internal Server Error")

    # --- everything else ---

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve_other(self, exchange: Exchange) -> None:
        request = exchange.request
        try:
            if request.path == RELOAD_PATH and request.method == "GET":
                refusal = self._doorkeeper.refuse(request, private=True)
                if refusal is None:
                    await self._live.serve(exchange.connection)
                    return
                reply = refusal
            else:
                reply = await self._other(request)
        except Exception as error:  # noqa: BLE001 - see `_failed`
            reply = self._failed(request, error)
        self._answer(exchange, reply)

    async def _other(self, request: HttpRequest) -> Reply:
        """Everything that is not an action: the platform's addresses, files, and what nobody knows."""
        path = request.path
        is_ours = path.startswith(("/_/", "/2015-03-31/")) or path in self._endpoints
        refusal = self._doorkeeper.refuse(request, private=is_ours)
        if refusal is not None:
            return refusal
        if request.method == "TRACE":
            return _not_allowed(request, b"GET, HEAD")
        if path in self._endpoints:
            return await self._endpoint(request)
        if path.startswith(f"{USER_POOLS}/"):
            return await self._published(request)
        page = await self._served.site.reply(request, deep_links=not (is_ours or self._is_api_path(path)))
        return page or self._unknown(request)

    async def _endpoint(self, request: HttpRequest) -> Reply:
        method, serve = self._endpoints[request.path]
        if request.method == method or (method == "GET" and request.method == "HEAD"):
            return await serve(request)
        if request.method == "OPTIONS":
            return json_reply(200, {})
        return _not_allowed(request, f"{method}, OPTIONS".encode())

    def _is_api_path(self, path: str) -> bool:
        """Whether `path` has the form of an action's, so that no page answers for a mistyped one."""
        parts = path[1:].split("/")
        return len(parts) == 3 and parts[0] in self._served.routes.segments

    def _unknown(self, request: HttpRequest) -> Reply:
        document: dict[str, object] = {"message": "Not Found"}
        near = self._served.routes.near(request.path) if self._served.development else []
        if near:
            document["near"] = near
        return json_reply(404, document)

    async def _config(self, request: HttpRequest) -> Reply:
        return Reply(200, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")], self._served.config)

    async def _openapi(self, request: HttpRequest) -> Reply:
        return Reply(200, [JSON_TYPE, (b"cache-control", b"no-store")], self._served.openapi)

    async def _cognito(self, request: HttpRequest) -> Reply:
        return await self._served.identities.serve(request)

    async def _users(self, request: HttpRequest) -> Reply:
        return await self._served.identities.users.serve(request)

    async def _published(self, request: HttpRequest) -> Reply:
        """What a user pool publishes, for whoever verifies its tokens."""
        if request.method not in ("GET", "HEAD"):
            return _not_allowed(request, b"GET, OPTIONS")
        return await self._served.identities.users.describe(request)

    async def _original_call(self, request: HttpRequest) -> Reply:
        try:
            return await self._direct.original(request, self._served.guard)
        except Refused as refused:
            return refused.reply

    def _note_failure(self, function: str, failure: Failure) -> None:
        reply = reply_of(failure, development=True)
        self._log.fault(function, reply.why or failure.kind)

    def _request_id(self) -> str:
        """Unique in this run and shaped like Lambda's, without asking the system for randomness each time."""
        self._request_count += 1
        return f"{self._request_prefix}{self._request_count:012x}"


def _not_allowed(request: HttpRequest, allow: bytes) -> Reply:
    if request.method == "OPTIONS":
        return Reply(204, [(b"allow", allow)], b"")  # pages of this origin need no grant; others get what `Shield.share` adds
    return message_reply(405, "Method Not Allowed", (b"allow", allow))
