"""What the connections of one server share: who answers, how much and how long a client may take, and who is connected now."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import TYPE_CHECKING, Protocol

from deep.frozen import dataclass
from deep.local.http.request import HttpRequest
from deep.wire.frames import MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    from deep.local.http.connection import Connection

SWEEP_S = 0.25


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, and how long. Times in seconds; `waiting` requests may be sent ahead, `connections` be open before 503.

    The figures are the gateway's: API Gateway's and Lambda's where they have one (request line and headers 10,240 bytes, payload 6 MB).
    """

    url_bytes: int = 8192
    header_bytes: int = 10_240
    header_line_bytes: int = 8192
    headers: int = 100
    body_bytes: int = MAX_PAYLOAD_BYTES
    waiting: int = 10_000
    header_s: float = 10.0
    body_idle_s: float = 20.0
    body_s: float = 300.0
    write_idle_s: float = 30.0
    keep_alive_s: float = 75.0
    linger_s: float = 2.0
    connections: int = 100_000


class Application(Protocol):
    """Who answers."""

    def serve(self, request: HttpRequest, connection: Connection) -> None:
        """Sees to it that the request is answered on the connection, now or later. Never raises."""


class Reception:
    """Keeps the connections of one server. `sweep` holds them to their deadlines, which is cheaper than a timer per request."""

    def __init__(self, application: Application, limits: Limits) -> None:
        self.application = application
        self.limits = limits
        self.connections: set[Connection] = set()
        self.date = _date()
        """The line of every answer that tells the time."""

    async def sweep(self) -> None:
        """A few times a second, until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_S)
            self.date = _date()
            for connection in list(self.connections):
                connection.check(loop.time())


def _date() -> bytes:
    return f"date: {formatdate(usegmt=True)}\r\n".encode()
