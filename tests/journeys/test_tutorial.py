"""The tutorial, typed word for word by a test: every command is run, every file written, every output compared."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.journeys.transcript import Command, Interrupt, WrittenFile, is_as_shown, steps

PAGE = ROOT / "docs" / "tutorial" / "README.md"
WRITTEN_PORT = "8000"
PATIENCE_S = 20.0

pytestmark = pytest.mark.journey


class Terminal:
    """Where the reader of a page types: a folder, a free port in place of the page's, and at most one server in the background."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.server: subprocess.Popen[bytes] | None = None
        self._environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def type(self, command: Command) -> None:
        line = command.line.replace(WRITTEN_PORT, str(self.port))
        match shlex.split(line):
            case ["cd", folder]:
                self.folder = self.folder / folder
            case ["deepify", "server", *_]:
                self._start(line)
            case _:
                self._run_until_as_shown(line, command.output)

    def write(self, file: WrittenFile) -> None:
        path = self.folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.content, encoding="utf-8")

    def interrupt(self) -> None:
        """Ctrl-C: the server ends by itself, with the exit code of an interruption or none."""
        assert self.server is not None
        self.server.send_signal(signal.SIGINT)
        assert self.server.wait(PATIENCE_S) in (0, 130)
        self.server = None

    def close(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()

    def _start(self, line: str) -> None:
        log = (self.folder / "server.log").open("wb")
        with log:
            self.server = subprocess.Popen(shlex.split(line), cwd=self.folder, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self.server.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < deadline, (self.folder / "server.log").read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _run_until_as_shown(self, line: str, shown: str) -> None:
        """A reader needs seconds to reach the other terminal; a test does not, so what follows a saved file is tried until it was taken up."""
        deadline = time.monotonic() + (PATIENCE_S if self.server and line.startswith("curl") else 0)
        while True:
            run = subprocess.run(shlex.split(line), cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=60, check=False)
            if run.returncode == 0 and (not shown or is_as_shown(shown, run.stdout)):
                return
            assert time.monotonic() < deadline, f"$ {line}\n{run.stdout}{run.stderr}\nshown on the page:\n{shown}"
            time.sleep(0.1)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def test_the_tutorial_works_as_written(terminal: Terminal) -> None:
    done = 0
    for step in steps(PAGE):
        match step:
            case Command():
                terminal.type(step)
            case WrittenFile():
                terminal.write(step)
            case Interrupt():
                terminal.interrupt()
        done += 1
    assert done > 10


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
