"""The platform's side of a worker process, at its simplest: one process, one socket, frames."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import deep
from deep.wire import frames

SOURCE = Path(deep.__file__).parents[1]


class WorkerProcess:
    """`python -m deep.runtime` on the code in `root`."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-S", "-s", "-m", "deep.runtime", "--socket-fd", str(theirs.fileno()), "--root", str(root)]
            env = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], **environment}
            self.process = subprocess.Popen(command, env=env, pass_fds=[theirs.fileno()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._socket = ours
        self._socket.settimeout(10)

    def read(self) -> tuple[int, Any] | None:
        """The next frame, its payload parsed; None when the process has ended."""
        header = self._exactly(frames.HEADER_SIZE)
        if header is None:
            return None
        kind, size = frames.unpack_header(header)
        payload = self._exactly(size)
        return None if payload is None else (kind, json.loads(payload))

    def invoke(self, event: Any, **head: Any) -> tuple[int, Any] | None:
        """One invocation; `event` may be bytes, which are sent as they are."""
        full = {"requestId": "r-1", "deadlineMs": int(time.time() * 1000) + 5000, "functionArn": "arn:f", **head}
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        self._socket.sendall(frames.pack_invoke(json.dumps(full).encode(), body))
        return self.read()

    def stop(self) -> tuple[int, str, str]:
        """Hangs up; (exit code, standard output, standard error)."""
        self._socket.close()
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def _exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                return None
            data += part
        return data


@contextmanager
def running_worker(root: Path, **environment: str) -> Iterator[WorkerProcess]:
    worker = WorkerProcess(root, environment)
    try:
        yield worker
    finally:
        worker.stop()
