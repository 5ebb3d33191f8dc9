"""Runs an app's own tests and collects what all the platforms saw that the tests started: who called what, and what functions needed for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from deep.errors import EnvironmentProblem, Problem, ProjectError, UsageError
from deep.local.door.recorder import VARIABLE, read_calls, read_recordings
from deep.model import App
from deep.security.evaluate import Access
from deep.security.proof import Evidence

BACKEND = ("Backend", "backend")
LAST_LINES = 20
"""Of the output of tests that failed."""


def gather(app: App, command: Sequence[str], told: Callable[[str], None]) -> Evidence:
    """Runs `command`, or without one pytest on every microapplication's backend tests, and answers what was recorded.

    Raises ProjectError when a test fails, for what failed proves nothing; UsageError when there are no tests; EnvironmentProblem without pytest.
    """
    commands = [(" ".join(command), list(command))] if command else list(_pytest(app))
    if not commands:
        help_ = "write Tests/Backend/test_*.py in a microapplication, or say --command"
        raise UsageError(Problem("no-tests", "no microapplication has backend tests, so nothing can be proved", help=help_))
    with tempfile.TemporaryDirectory(prefix="deep-prove-") as folder:
        recordings = Path(folder) / "recordings.jsonl"
        for name, words in commands:
            told(f"running {name}")
            _run(words, app.path, {**os.environ, VARIABLE: str(recordings)})
        return evidence_of(recordings)


def evidence_of(recordings: Path) -> Evidence:
    """What a file of recordings holds. What was denied while the tests ran was not needed for them to pass."""
    own: dict[str, list[Access]] = {}
    data: dict[str, list[Access]] = {}
    for one in read_recordings(recordings):
        if one.allowed:
            (data if one.own else own).setdefault(one.function, []).append(one.access)
    return Evidence(own, data, read_calls(recordings))


def _pytest(app: App) -> Iterator[tuple[str, list[str]]]:
    for microapp in app.microapps:
        tests = next((folder for name in BACKEND if microapp.folders.tests and (folder := microapp.folders.tests / name).is_dir()), None)
        if tests is None or not any(tests.rglob("test_*.py")):
            continue
        if find_spec("pytest") is None:
            raise EnvironmentProblem(Problem("missing-tool", "the backend tests need pytest", help="pip install pytest, or say --command"))
        yield f"the backend tests of {microapp.identifier}", [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)]


def _run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    try:
        ran = subprocess.run(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        raise UsageError(
            Problem("unusable-command", f"{words[0]} cannot be run: {error.strerror}", help="say --command as you would type it")
        ) from None
    if ran.returncode != 0:
        last = "".join(f"\n  | {line}" for line in ran.stdout.decode("utf-8", "replace").splitlines()[-LAST_LINES:])
        help_ = "what is denied to a function is told in its log: run deepify server and call it"
        raise ProjectError(Problem("tests-failed", f"{words[0]} ended with {ran.returncode}, and tests that fail prove nothing{last}", help=help_))
