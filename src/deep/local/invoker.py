"""What the gateway needs of the functions: one method."""

from __future__ import annotations

from typing import Protocol

from deep.local.outcome import Outcome


class Invoker(Protocol):
    """Runs functions. `local.functions.Functions` is the real one; tests have a fake that passes the same contract."""

    async def invoke(self, identifier: str, event: bytes, *, identity_id: str | None = None, request_id: str | None = None) -> Outcome:
        """Invokes the action `identifier` with an event (JSON bytes). Never raises for what the function does: that is a Failure."""
        ...
