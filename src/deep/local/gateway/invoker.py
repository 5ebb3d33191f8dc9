"""What the gateway needs of the functions, and how it calls them."""

from __future__ import annotations

from asyncio import Future, get_running_loop
from typing import Protocol

from deep.local.functions.functions import UnknownFunction
from deep.local.functions.outcome import Failure, Outcome
from deep.local.gateway.routes import Route
from deep.local.identity.caller import Caller
from deep.wire.invocation import Fault


class Invoker(Protocol):
    """Runs functions. `local.functions.Functions` is the real one; tests have a fake that passes the same contract."""

    def invoke(self, identifier: str, event: bytes, *, identity_id: str | None = None, request_id: str | None = None) -> Future[Outcome]:
        """Invokes the action `identifier` with an event (JSON bytes). What the function does wrong is a Failure.

        Raises UnknownFunction when nothing here runs that action.
        """
        ...


def invoked(functions: Invoker, route: Route, event: bytes, caller: Caller, request_id: str | None = None) -> Future[Outcome]:
    """The outcome of calling a route's function; a Failure also when no function is behind it (another language, dropped a moment ago)."""
    try:
        return functions.invoke(route.identifier, event, identity_id=caller.identity_id, request_id=request_id)
    except UnknownFunction:
        message = f"{route.identifier} is not run by this platform; functions in Python are"
        nothing: Future[Outcome] = get_running_loop().create_future()
        nothing.set_result(Failure(Fault(errorType="Runtime.Unsupported", errorMessage=message), "init"))
        return nothing
