"""`deepify server` as a process of its own, on a copy of an app."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

APPS = Path(__file__).parents[2] / "apps"
DEEPIFY = str(Path(sys.executable).with_name("deepify"))
START_WITHIN_S = 90
"""Long, because the first start of all may have to build a frontend."""
STOP_WITHIN_S = 10
_NOT_COPIED = shutil.ignore_patterns(".deep", "node_modules", "DeepRoot", "__pycache__")


def copy_app(name: str, folder: Path) -> Path:
    """A property of its own, so that a test never writes into the repository."""
    return Path(shutil.copytree(APPS / name, folder / name, ignore=_NOT_COPIED))


def log_of(property_path: Path) -> Path:
    """Where `serving` writes what the server says."""
    return property_path.parent / f"{property_path.name}.log"


@contextmanager
def serving(property_path: Path, *options: str) -> Iterator[str]:
    """Serves a property until the block ends; yields the address. What the server said goes into the failure when it does not start."""
    port = _free_port()
    log_path = log_of(property_path)
    with log_path.open("wb") as log:
        command = [DEEPIFY, "server", str(property_path), "-p", str(port), *options]
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            _wait_until_ready(server, port, log_path)
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(server)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, log_path: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        if _answers(port):
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not start (exit code {server.poll()}):\n{log_path.read_text()}")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_config.json")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        raise
