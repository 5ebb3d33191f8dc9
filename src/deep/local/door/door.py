"""The door itself: one loopback port of the platform's process for all AWS calls of functions, denied unless a policy allows them.

A call is taken in this order: whose signature is it, what does it need, does the caller's policy allow that; then the service does it. DynamoDB,
which nearly every call is for, is answered without a task being started: the engine's bytes are passed on as they come.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from math import inf
from traceback import format_exc
from urllib.parse import parse_qsl
from uuid import uuid4

from deep.local.door.accounts import Accounts
from deep.local.door.advice import Denial, problem_of
from deep.local.door.call import Call
from deep.local.door.engine import Engine
from deep.local.door.invocations import Invocations, Invoker
from deep.local.door.policies import DEVELOPER, Policies, Worker
from deep.local.door.services import Ssm, Sts
from deep.local.door.tables import judged_request
from deep.local.door.wording import Refused, denied, family_of, refusal
from deep.local.functions.outcome import Failure
from deep.local.http.connection import Connection
from deep.local.http.reception import Limits, Reception
from deep.local.http.reply import Reply, reply_of
from deep.local.http.request import HttpRequest
from deep.local.identity.signature import SignatureRefused, Signed, verify
from deep.local.identity.vault import IdentityBearer, Vault
from deep.local.reporter import Reporter

WATCH_S = 0.5
HOST = "127.0.0.1"
LIMITS = Limits(
    url_bytes=32_768,
    header_bytes=32_768,
    header_line_bytes=32_768,
    body_bytes=17 * 1024 * 1024,
    waiting=8,
    header_s=60.0,
    body_idle_s=60.0,
    body_s=60.0,
    write_idle_s=60.0,
    keep_alive_s=inf,
    connections=4096,
)
"""A request of DynamoDB's may have 16 MB. SDKs keep a connection for as long as they live, and nobody who speaks for AWS sends ahead."""


class Door:
    """Serves functions' AWS calls from `start` to `stop`. `use` switches to another state of the app between two calls."""

    def __init__(self, vault: Vault, policies: Policies, reporter: Reporter) -> None:
        self.functions: Invoker | None = None
        self.developer_identity: str | None = None
        """As whom functions are called by the developer's own calls; functions' calls carry no identity."""
        self.engine: Engine | None = None
        self._vault = vault
        self._policies = policies
        self._reporter = reporter
        self._told: set[str] = set()
        self._server: asyncio.Server | None = None
        self._reception = Reception(self, LIMITS)
        self._sweeping: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Task[None]] = set()
        self.accounts = Accounts()
        self._invocations = Invocations(self._invoker, self._identity, self._note_failure)
        self._services: dict[str, Callable[[Call], Awaitable[Reply]]] = {
            "cognito-idp": self.accounts.serve,
            "lambda": self._invocations.serve,
            "ssm": Ssm().serve,
            "sts": Sts(vault).serve,
        }

    @property
    def url(self) -> str:
        """Where functions reach it; there is none before `start`."""
        if self._server is None:
            raise RuntimeError("the door has not been opened")
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    async def start(self, engine: Engine) -> None:
        """Opens on a free port, before a table engine."""
        self.engine = engine
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self._reception), HOST, 0, family=socket.AF_INET, backlog=1024)
        self._sweeping = [loop.create_task(self._reception.sweep()), loop.create_task(self._watch_engine())]

    async def drain(self, seconds: float) -> None:
        """Waits up to `seconds` for asynchronous invocations."""
        await self._invocations.drain(seconds)

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._server is not None:
            self._server.close()
        tasks = (*self._sweeping, *self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self._reception.connections):
            connection.abort()
        if self.engine is not None:
            await self.engine.close()

    def use(self, policies: Policies) -> None:
        """Decides by these policies from the next call on; every denial is told in full once more."""
        self._policies = policies
        self._told.clear()

    # --- reception.Application ---

    def serve(self, asked: HttpRequest, connection: Connection) -> None:
        service = ""
        try:
            service, region = scope_of(asked)
            if service == "dynamodb":
                self._serve_tables(self._call(asked, service, region), connection)
                return
            serve = self._services.get(service)
            if not service and self.accounts.takes_unsigned(asked):
                self._run(self._answered(self.accounts.serve_unsigned(asked), asked, connection))
                return
            if not service:
                raise Refused("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            if serve is None:
                raise Refused("NotImplemented", f"The local platform does not run the service {service}", 501)
            self._run(self._answered(serve(self._call(asked, service, region)), asked, connection))
        except Refused as error:
            connection.answer(refusal(family_of(service, asked.headers), error, str(uuid4())))
        except Exception:  # noqa: BLE001 - whatever is wrong in the door itself, the author must see it and the door must go on
            self._fail(asked, service, connection)

    # --- a call ---

    def _call(self, asked: HttpRequest, service: str, region: str) -> Call:
        """Who calls, proved by the signature. Raises Refused."""
        try:
            bearer = verify(Signed.of(asked), self._vault, service=service, region=region)
        except SignatureRefused as error:
            raise Refused(error.code, error.message, error.status) from None
        if isinstance(bearer, IdentityBearer):
            raise denied(family_of(service, asked.headers), "Identities call the app's API; services are for its functions")
        policies = self._policies
        if region != policies.names.region:
            policies = policies.elsewhere(region)
        return Call(asked, bearer, service, policies, self._tell)

    def _serve_tables(self, call: Call, connection: Connection) -> None:
        request = judged_request(call)
        if self.engine is None:
            raise RuntimeError("the door has no engine")
        self.engine.forward(request, connection)

    async def _answered(self, answering: Awaitable[Reply], asked: HttpRequest, connection: Connection) -> None:
        service, _ = scope_of(asked)
        try:
            connection.answer(await answering)
        except Refused as error:
            connection.answer(refusal(family_of(service, asked.headers), error, str(uuid4())))
        except Exception:  # noqa: BLE001 - as in `serve`
            self._fail(asked, service, connection)

    def _run(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    # --- what is told ---

    def _tell(self, denial: Denial, policies: Policies) -> None:
        """A denial, in full the first time; a function that keeps trying is told of in a line each."""
        key = f"{denial.worker} {denial.access.action} {denial.access.resource}"
        if key in self._told:
            self._reporter.log(denial.worker.action, denial.line)
            return
        self._told.add(key)
        self._reporter.problem(problem_of(denial, policies))

    def _fail(self, asked: HttpRequest, service: str, connection: Connection) -> None:
        self._reporter.log(service or "door", format_exc().rstrip())
        error = Refused("InternalFailure", "The local platform failed at this call; its log says how", 500)
        connection.answer(refusal(family_of(service, asked.headers), error, str(uuid4())))

    def _note_failure(self, function: str, failure: Failure) -> None:
        self._reporter.log(function, reply_of(failure, development=True).why or failure.kind)

    def _identity(self, worker: Worker) -> str | None:
        return self.developer_identity if worker == DEVELOPER else None

    def _invoker(self) -> Invoker:
        if self.functions is None:
            raise RuntimeError("the door knows no functions yet")
        return self.functions

    async def _watch_engine(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(WATCH_S)
            if self.engine is not None:
                self.engine.check(loop.time())


def scope_of(asked: HttpRequest) -> tuple[str, str]:
    """(service, region) that the request is signed for, by its header or its query; two empty texts when it is not signed."""
    authorization = asked.headers.get("authorization")
    if authorization is not None:
        credential = authorization.partition("Credential=")[2].partition(",")[0]
    else:
        credential = dict(parse_qsl(asked.query.decode("latin-1"))).get("X-Amz-Credential", "")
    parts = credential.split("/")
    return (parts[3], parts[2]) if len(parts) == 5 else ("", "")
