"""The only printer. Results go to standard output, everything else to standard error; with `--json` both are data.

Names, descriptions and log lines come from other people's files, so everything that is shown passes `clean` first.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from deep.errors import ExitCode, Problem, render_all

if TYPE_CHECKING:
    from deep.local.reporter import RequestLine
    from deep.packages.hooks import HookRun

LEVELS = ("debug", "info", "warn", "error", "silent")
SCHEMA_VERSION = 1
_SEQUENCES = r"(?s)\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\x9c|$)|\x9b[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]?"
_CONTROLS = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}


def clean(text: str) -> str:
    """`text` without anything that would steer a terminal or turn the reading direction; line breaks and tabs stay."""
    plain = re.sub(_CONTROLS, "", re.sub(_SEQUENCES, "", text.replace("\r\n", "\n")))
    return plain.encode("utf-8", "replace").decode()


class Screen:
    """What the person (or the program reading along) sees; also the local platform's `Reporter`. Its attributes follow the options."""

    def __init__(self, out: TextIO, err: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self._out = out
        self._err = err
        self._environment = environment
        self._is_plain = "NO_COLOR" in environment or environment.get("TERM") == "dumb"
        self.level = "info"
        self.as_json = False
        self.debug = False

    # --- results ---

    def result(self, text: str, data: Any = None) -> None:
        """The outcome of a command: `data` with `--json`, else `text`."""
        self._write(self._out, clean(text) if not self.as_json else _dumped(data))

    def data(self, data: Any) -> None:
        """An outcome that is JSON in any case."""
        self._write(self._out, _dumped(data))

    # --- everything else ---

    def note(self, text: str) -> None:
        """Something worth knowing that is no result: what is being done, what to do next."""
        if self._tells("info"):
            self._say(clean(text))

    def warn(self, text: str) -> None:
        if self._tells("warn"):
            self._say(f"{self._paint('warning', 'yellow')}: {clean(text)}")

    def errors(self, problems: Sequence[Problem], exit_code: int) -> None:
        """Why the command failed, in the house grammar or as one JSON document."""
        if self.level == "silent":
            return
        if self.as_json:
            document = {"schemaVersion": SCHEMA_VERSION, "exitCode": int(exit_code), "errors": [problem.as_json() for problem in problems]}
            self._write(self._err, _dumped(document))
            return
        text = clean(render_all(problems))
        self._write(self._err, re.sub(r"^error\[[\w-]+\]", lambda match: self._paint(match[0], "red"), text, flags=re.MULTILINE))

    def traceback(self) -> None:
        """The current exception's traceback, for `--debug` alone."""
        from traceback import format_exc

        self._say(clean(format_exc().rstrip()))

    def interrupted(self) -> int:
        self._say("interrupted")
        return ExitCode.INTERRUPTED

    def confirm(self, question: str) -> bool:
        """Asks a person; where there is none (`DEEP_NO_INTERACTION`, no terminal) the answer is no."""
        if "DEEP_NO_INTERACTION" in self._environment or self.as_json or not sys.stdin.isatty():
            return False
        self._err.write(f"{clean(question)} [y/N] ")
        self._err.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def hook_run(self, run: HookRun) -> None:
        """A hook ran, or was passed over for want of consent."""
        if run.finished is None:
            changed = "changed since it was approved" if run.consent == "changed" else "not approved"
            self.warn(f"hook {run.hook} is {changed} and did not run; see `deepify hooks list`")
            return
        for line in run.finished.output.splitlines():
            self.log(str(run.hook), line)
        self.step(f"ran hook {run.hook} ({run.finished.duration_s:.1f} s)")

    # --- the local platform's Reporter ---

    def step(self, text: str) -> None:
        if self._tells("info"):
            self._event("step", {"text": text}, self._paint(f"- {clean(text)}", "dim"))

    def ready(self, url: str) -> None:
        if self.as_json:
            self._write(self._out, _dumped({"event": "ready", "url": url}))
            return
        line = f"  Ready at {clean(url)}   (Ctrl-C stops it)  "
        rule = "-" * len(line)
        self._write(self._out, f"+{rule}+\n|{line}|\n+{rule}+" if self._is_terminal(self._out) else line.strip())

    def request(self, line: RequestLine) -> None:
        if self._tells("info"):
            data = {
                "method": line.method,
                "path": line.path,
                "status": line.status,
                "durationMs": round(line.duration_ms, 3),
                "function": line.function,
            }
            self._event("request", data, self._paint(clean(str(line)), _colour_of(line.status)))

    def log(self, function: str, line: str) -> None:
        if self._tells("info"):
            self._event("log", {"function": function, "line": line}, f"{self._paint(clean(function), 'cyan')} | {clean(line)}")

    def changed(self, paths: Sequence[str]) -> None:
        if self._tells("info"):
            more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
            self._event("changed", {"paths": list(paths)}, self._paint(f"changed: {clean(', '.join(paths[:3]))}{more}", "dim"))

    def problem(self, problem: Problem) -> None:
        if self._tells("error"):
            self._event("problem", problem.as_json(), clean(render_all([problem])))

    # --- how ---

    def _event(self, event: str, data: Mapping[str, Any], text: str) -> None:
        if self.as_json:
            self._write(self._err, _dumped({"event": event, **data}))
        else:
            self._say(text)

    def _tells(self, level: str) -> bool:
        return LEVELS.index(level) >= LEVELS.index(self.level)

    def _say(self, text: str) -> None:
        if self.level != "silent":
            self._write(self._err, text)

    def _paint(self, text: str, colour: str) -> str:
        if self._is_plain or self.as_json or not self._is_terminal(self._err):
            return text
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"

    def _is_terminal(self, stream: TextIO) -> bool:
        return stream.isatty()

    def _write(self, stream: TextIO, text: str) -> None:
        print(text, file=stream, flush=True)


def pretty(data: Any) -> str:
    """JSON for people to read."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def shown(path: Path) -> str:
    """A path as one would type it here: relative where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def standard_screen() -> Screen:
    """The screen on this process's own streams."""
    return Screen(sys.stdout, sys.stderr)


def _dumped(data: Any) -> str:
    return json.dumps(data, ensure_ascii=True, allow_nan=False)


def _colour_of(status: int) -> str:
    return "red" if status >= 500 else "yellow" if status >= 400 else "green"
