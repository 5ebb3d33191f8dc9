"""A program beside this one that answers each line of JSON with a line of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class JudgeError(AssertionError):
    """A judge could not judge; the test that asked it fails."""


class Conversation:
    """Starts `command` at once and ends it with the `with` block. One question at a time. `needs` must be there: `make judges` brings it."""

    def __init__(self, *command: str | Path, needs: Sequence[Path] = ()) -> None:
        for needed in needs:
            must_exist(needed)
        self._command = [str(part) for part in command]
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question: object) -> Any:
        """The answer. Raises JudgeError when the program fails or says that it could not."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
        except BrokenPipeError:
            raise JudgeError(f"{self._command} ended early") from None
        line = stdout.readline()
        if not line:
            raise JudgeError(f"{self._command} ended without an answer (exit code {self._process.wait()})")
        answer = json.loads(line)
        if isinstance(answer, dict) and "error" in answer:
            raise JudgeError(str(answer["error"]))
        return answer

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def must_exist(path: Path) -> None:
    if not path.exists():
        raise JudgeError(f"{path} is missing: run `make judges`")
