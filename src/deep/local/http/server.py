"""The HTTP server: uvicorn on loopback sockets, ready for ten thousand connections, with a sweep that closes stalled ones."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
from pathlib import Path
from typing import Any, cast

import uvicorn

from deep.errors import EnvironmentProblem, Problem
from deep.local.http.connection import Connection
from deep.local.http.reception import Application, Limits, Reception

BACKLOG = 4096
RESERVED_FILES = 256
"""File descriptors kept for function processes, the engine and files, when the rest may be connections."""
GRACE_S = 5


def raise_open_files() -> int:
    """Raises this process's limit of open files to the hard limit; the new limit, which bounds the connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard > 1_048_576:
        hard = max(soft, 1_048_576)  # some kernels refuse "infinite" here, and nobody needs more
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def bind(port: int) -> list[socket.socket]:
    """Sockets listening on both loopback addresses and nowhere else; port 0 picks a free one. IPv6 is left out where the machine has none.

    Raises EnvironmentProblem (`port-in-use`, `port-refused`) naming the process that holds the port.
    """
    first = _listen(socket.AF_INET, "127.0.0.1", port)
    port = first.getsockname()[1]
    try:
        return [first, _listen(socket.AF_INET6, "::1", port)]
    except EnvironmentProblem as error:
        if error.problems[0].code == "port-in-use":
            first.close()
            raise
        return [first]


def _listen(family: int, host: str, port: int) -> socket.socket:
    listener = None
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise _cannot_bind(host, port, error) from error
    listener.setblocking(False)
    return listener


def _cannot_bind(host: str, port: int, error: OSError) -> EnvironmentProblem:
    if isinstance(error, PermissionError):
        return EnvironmentProblem(Problem("port-refused", f"port {port} is not allowed to this user", help="use --port 8000, or any above 1023"))
    if error.errno in (98, 48):  # EADDRINUSE on Linux, on macOS
        holder = port_holder(port)
        by = f"is used by {holder}" if holder else "is in use"
        return EnvironmentProblem(Problem("port-in-use", f"port {port} {by}", help=f"stop it, or use --port {port + 1 if port < 65535 else 8000}"))
    return EnvironmentProblem(Problem("cannot-listen", f"cannot listen on {host} port {port}: {error.strerror}"))


def port_holder(port: int, proc: Path = Path("/proc")) -> str | None:
    """The process that listens on a port, as `python (pid 4121)`; None where /proc does not tell (other systems, other users' processes)."""
    inodes = _listening_inodes(port, proc)
    if not inodes:
        return None
    for process in proc.iterdir():
        if process.name.isdigit() and _holds(process, inodes):
            with contextlib.suppress(OSError):
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return None


def _listening_inodes(port: int, proc: Path) -> set[str]:
    """`/proc/net/tcp` and `tcp6`: columns are slot, local address as HEX:PORT, remote address, state (0A = listen) ... inode (10th)."""
    found = set()
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / name).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{columns[9]}]")
    return found


def _holds(process: Path, inodes: set[str]) -> bool:
    try:
        return any(os.readlink(descriptor) in inodes for descriptor in (process / "fd").iterdir())
    except OSError:
        return False


class HttpServer:
    """Serves one application on bound sockets. uvicorn listens, accepts and ends; signals are the platform's affair, not its."""

    def __init__(self, application: Application, limits: Limits | None = None) -> None:
        files = raise_open_files()
        self._reception = Reception(application, limits or Limits(connections=max(64, files - RESERVED_FILES)))
        config = uvicorn.Config(
            application.serve,
            http=cast(type[asyncio.Protocol], lambda **_: Connection(self._reception)),
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE_S,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.server_state.connections = cast(Any, self._reception.connections)
        self._server.lifespan = config.lifespan_class(config)
        self._sockets: list[socket.socket] = []
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return len(self._reception.connections)

    async def start(self, sockets: list[socket.socket]) -> None:
        """Begins to answer on `sockets` (from `bind`), which it then owns."""
        self._sockets = sockets
        await self._server.startup(sockets=sockets)
        self._sweeping = asyncio.create_task(self._reception.sweep())

    async def stop(self) -> None:
        """Takes no more connections, lets requests in flight finish for up to `GRACE_S` seconds, then closes everything."""
        await self._server.shutdown(sockets=self._sockets)
        for connection in list(self._reception.connections):
            connection.abort()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
