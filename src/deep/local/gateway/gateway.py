"""The gateway: one ASGI application that serves functions at their deployed paths, the app's files, and the platform's own addresses.

There is no framework in it. A request costs a dictionary lookup, the joining of a few byte strings into an event, and the function's own time; the
log line is written later. The order of checks is that of the deployed gateway: who asks (Host, Origin), path, method, identity, then the function.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from traceback import format_exc

from deep.bundle.headers import REPORT_PATH
from deep.errors import DeepError, render
from deep.local.functions.outcome import Failure
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
from deep.local.http.connection import BODILESS, WHOLE_ANSWER
from deep.local.http.origin import Doorkeeper
from deep.local.http.reply import JSON_TYPE, Reply, json_reply, message_reply, reply_of
from deep.local.http.request import BadRequest, Gone, HttpRequest, Message, Receive, Send
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


class Answered:
    """What the log wants to know of a request besides its answer."""

    __slots__ = ("cold", "function")

    def __init__(self) -> None:
        self.function: str | None = None
        self.cold = False


class Gateway:
    """The ASGI application. `use` switches to another state of the app between two requests."""

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

    def use(self, served: Served) -> None:
        """Serves this state of the app from the next request on."""
        self._served = served

    async def drain(self, seconds: float) -> None:
        """Waits for asynchronous invocations."""
        await self._direct.drain(seconds)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        started = perf_counter()
        answered = Answered()
        try:
            request = HttpRequest(scope, receive)
            if request.path == RELOAD_PATH and request.method == "GET":
                reply = self._doorkeeper.refuse(request, private=True)
                if reply is None:
                    await self._live.serve(request, send)
                    return
            else:
                reply = await self._reply(request, answered)
        except BadRequest as error:
            reply = message_reply(400, str(error))
        except Gone:
            return
        except DeepError as error:
            reply = self._tell(scope, [render(problem) for problem in error.problems])
        except Exception:  # noqa: BLE001 - whatever is wrong in the platform itself, the person must see it and the server must go on
            reply = self._tell(scope, [format_exc()])
        self._served.shield.cover(reply)
        await _send(reply, scope, send)
        path = scope["raw_path"].decode("ascii")
        self._log.note(RequestLine(scope["method"], path, reply.status, (perf_counter() - started) * 1000, answered.function, answered.cold))

    async def _reply(self, request: HttpRequest, answered: Answered) -> Reply:
        route = self._served.routes.by_path.get(request.path)
        if route is None:
            return await self._other(request)
        answered.function = route.identifier
        reply, answered.cold = await self._call(request, route)
        return self._served.shield.share(request, reply)

    def _tell(self, scope: Message, lines: list[str]) -> Reply:
        for line in lines:
            self._log.fault(f"{scope['method']} {scope['raw_path'].decode('ascii')}", line)
        return message_reply(500, "Internal Server Error")

    async def _call(self, request: HttpRequest, route: Route) -> tuple[Reply, bool]:
        refusal = self._doorkeeper.refuse(request, private=True, sharing=self._served.shield.origins)
        if refusal is not None:
            return refusal, False
        template = route.events.get(request.method)
        if template is None:
            return _not_allowed(request, route.allow), False
        body = await request.body()
        try:
            caller = self._served.guard.admit(route, request, body)
        except Refused as refused:
            return refused.reply, False
        request_id = self._request_id()
        event = template.build(request, body, caller, request_id)
        outcome = await invoked(self._functions, route, event, caller, request_id)
        reply = reply_of(outcome, development=self._served.development)
        if reply.why is not None:
            self._log.fault(route.identifier, reply.why)
        reply.headers.append((b"apigw-requestid", request_id.encode()))
        return reply, bool(outcome.init_ms)

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


async def _send(reply: Reply, scope: Message, send: Send) -> None:
    """By our own connection's short cut where it is offered, else as ASGI has it."""
    answer_whole = scope.get("extensions", {}).get(WHOLE_ANSWER)
    if answer_whole is not None and answer_whole(reply.status, reply.headers, reply.body):
        return
    headers = reply.headers
    if reply.status not in BODILESS:
        headers = [*headers, (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
