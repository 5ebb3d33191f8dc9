"""`deepify server` as its user runs it: started, edited under, broken, mended, interrupted."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from deep.local.engines.dynoxide import find_binary

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine"),
]

DEEPIFY = str(Path(sys.executable).with_name("deepify"))
HANDLER = "from deep import lambda_handler\n\n\n@lambda_handler\ndef handler(request):\n    return {answer}\n"
RESOURCES = {
    "thing": {
        "say": {"type": "lambda", "methods": ["GET", "POST"], "source": "src/Say"},
        "slow": {"type": "lambda", "methods": ["GET"], "source": "src/Slow"},
    }
}

STATEMENT = {"Effect": "Allow", "Action": ["my.things:*:*"], "Resource": ["my.things:*"], "wide": True}
EVERYTHING = {"Version": "2015-10-07", "Statement": [STATEMENT]}
"""Visitors may call whatever these tests add."""


class Server:
    """A running `deepify server` and what it printed."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        argv = [DEEPIFY, "server", str(folder), "-p", "0", "--act-as", "unauthenticated", *options]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = int(re.findall(r"localhost:(\d+)", self.printed(r"http://localhost:\d+"))[-1])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    def printed(self, pattern: str, within_s: float = 15) -> str:
        """The first printed text that matches; fails when there is none in time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            text = "".join(self.lines)
            if re.search(pattern, text):
                return text
            if self.process.poll() is not None:
                self._reader.join(1)
                break
            time.sleep(0.01)
        raise AssertionError(f"{pattern!r} was not printed:\n{''.join(self.lines)}")

    def ask(self, path: str, method: str = "GET", body: str | None = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(raw) if "json" in (answer.headers["content-type"] or "") else raw.decode()

    def seconds_until(self, path: str, answer: Any, within_s: float = 10) -> float:
        began = time.monotonic()
        while (got := self.ask(path)) != (200, answer):
            assert time.monotonic() - began < within_s, f"{path} still answers {got}\n{''.join(self.lines)}"
            time.sleep(0.005)
        return time.monotonic() - began

    def close(self) -> None:
        """After the process's end: its output read to the end and closed."""
        self._reader.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        server.close()


def write_handler(folder: Path, name: str, answer: str) -> None:
    source = folder / "Things" / "Backend" / "src" / name
    source.mkdir(parents=True, exist_ok=True)
    (source / "handler.py").write_text(HANDLER.format(answer=answer))


def write_resources(folder: Path, resources: object) -> None:
    (folder / "Things" / "Backend" / "resources.json").write_text(json.dumps(resources, indent=2))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    things = tmp_path / "Things"
    (things / "Backend").mkdir(parents=True)
    (things / "Frontend").mkdir()
    (things / "Frontend" / "index.html").write_text("<h1>first</h1>")
    (things / "deepkg.json").write_text(json.dumps({"identifier": "my.things", "name": "Things", "version": "0.1.0"}))
    write_resources(tmp_path, RESOURCES)
    (things / "Data" / "Roles").mkdir(parents=True)
    (things / "Data" / "Roles" / "unauthenticated.json").write_text(json.dumps(EVERYTHING))
    write_handler(tmp_path, "Say", "{'n': 1}")
    write_handler(tmp_path, "Slow", "__import__('time').sleep(1) or {'slow': True}")
    return tmp_path


SAY, SLOW = "/my-things/thing/say", "/my-things/thing/slow"


def test_edits_are_taken_up_without_a_restart(app: Path) -> None:
    """Parity 110. A change of code answers in well under a second (300 ms on a quiet machine)."""
    with running(app) as server:
        assert server.ask(SAY) == (200, {"n": 1})
        taken = []
        for n in range(2, 7):
            write_handler(app, "Say", f"{{'n': {n}}}")
            taken.append(server.seconds_until(SAY, {"n": n}))
        assert sorted(taken)[len(taken) // 2] < 1.0, taken
        server.printed(r"changed: Things/Backend/src/Say/handler\.py")

        (app / "Things" / "Backend" / "src" / "Say" / "helper.py").write_text("N = 70\n")
        write_handler(app, "Say", "{'n': __import__('helper').N}")
        server.seconds_until(SAY, {"n": 70})

        write_resources(app, {"thing": {**RESOURCES["thing"], "more": {"type": "lambda", "methods": ["GET"], "source": "src/More"}}})
        write_handler(app, "More", "{'more': True}")
        server.seconds_until("/my-things/thing/more", {"more": True})


def test_a_broken_edit_is_told_and_the_last_good_app_stays(app: Path) -> None:
    with running(app) as server:
        assert server.ask(SAY) == (200, {"n": 1})
        (app / "Things" / "Backend" / "resources.json").write_text('{"thing": {,}}')
        server.printed(r"Things/Backend/resources\.json:1:12")
        assert server.ask(SAY) == (200, {"n": 1})
        write_handler(app, "Say", "1 +")
        deadline = time.monotonic() + 10
        while (answer := server.ask(SAY))[0] != 502 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert answer[1]["errorType"] == "Runtime.UserCodeSyntaxError"
        server.printed(r"handler\.py.*6|line 6")
        write_resources(app, RESOURCES)
        write_handler(app, "Say", "{'n': 9}")
        server.seconds_until(SAY, {"n": 9})


def test_pages_are_served_and_told_to_reload(app: Path) -> None:
    with running(app) as server:
        status, page = server.ask("/")
        assert status == 200
        assert "first" in page
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as listener:
            listener.sendall(b"GET /_/reload HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"text/event-stream" in listener.recv(4096)
            (app / "Things" / "Frontend" / "index.html").write_text("<h1>second</h1>")
            (app / "Things" / "Frontend" / "new.js").write_text("let x")
            seen = b""
            while b"event: reload" not in seen:
                part = listener.recv(4096)
                assert part
                seen += part
        assert "second" in server.ask("/")[1]
        deadline = time.monotonic() + 5
        while server.ask("/my.things/new.js")[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_an_interrupt_lets_requests_finish_and_frees_the_port(app: Path) -> None:
    """R6."""
    with running(app) as server:
        server.ask(SLOW)
        answers: list[tuple[int, Any]] = []
        askers = [threading.Thread(target=lambda: answers.append(server.ask(SLOW))) for _ in range(4)]
        for asker in askers:
            asker.start()
        time.sleep(0.4)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 6
        for asker in askers:
            asker.join(10)
        assert answers == [(200, {"slow": True})] * 4
        with socket.create_server(("127.0.0.1", server.port)):
            pass
        assert "Traceback" not in "".join(server.lines)


def test_a_second_interrupt_ends_at_once(app: Path) -> None:
    with running(app) as server:
        server.ask(SLOW)

        def ask_in_vain() -> None:
            with suppress(OSError, HTTPException):
                server.ask(SLOW)

        asker = threading.Thread(target=ask_in_vain)
        asker.start()
        time.sleep(0.3)
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(5) == 130
        assert time.monotonic() - began < 0.5
        asker.join(5)


def test_a_second_server_on_the_same_property_is_refused(app: Path) -> None:
    with running(app) as server:
        second = subprocess.run([DEEPIFY, "server", str(app), "-p", "0"], capture_output=True, text=True, timeout=30, check=False)
        assert second.returncode == 3
        assert str(server.process.pid) in second.stderr
        assert "Traceback" not in second.stderr


def test_a_port_in_use_is_told_with_its_holder(app: Path) -> None:
    """Parity 112."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run([DEEPIFY, "server", str(app), "-p", str(port)], capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 3
    assert f"(pid {os.getpid()})" in refused.stderr
    assert f"--port {port + 1}" in refused.stderr


def test_a_single_function_is_run_by_the_server_that_keeps_the_tables(app: Path) -> None:
    """Parity 21: with and without a server."""
    command = [DEEPIFY, "lambda", "my.things:thing:say", str(app), "--plain"]
    alone = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (alone.returncode, json.loads(alone.stdout)) == (0, {"n": 1})
    with running(app) as server:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (asked.returncode, json.loads(asked.stdout)) == (0, {"n": 1}), asked.stderr
        write_handler(app, "Say", "{}['absent']")
        server.printed("changed:")
        failed = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert failed.returncode == 1
        assert "KeyError" in failed.stderr
        assert server.stop() == 0
    assert not (app / ".deep" / "address").exists()
