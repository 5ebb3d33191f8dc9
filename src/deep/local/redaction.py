"""Secrets are not shown: values of secret parameters are blotted out of what functions print and of the errors that callers are told (threat L10).

A function that is given a password may print it, or raise it within an error's message. What it answers on purpose is its own affair.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from deep.errors import Problem
from deep.local.reporter import Reporter, RequestLine
from deep.model import App

BLOT = "[secret]"
LEAST_CHARACTERS = 6
"""Shorter values would blot out words that are none of theirs."""


def secret_values(app: App) -> tuple[str, ...]:
    """The values of the app's secret parameters that are texts long enough to be known again."""
    values = [parameter.value for microapp in app.microapps for parameter in microapp.parameters if parameter.secret]
    return tuple(value for value in values if isinstance(value, str) and len(value) >= LEAST_CHARACTERS)


class Redaction:
    """Blots out some values wherever they stand, also as JSON spells them. False when there are none, and then nothing is to be done."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        spelled = {spelling for value in values for spelling in (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])}
        longest_first = sorted(spelled, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if spelled else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def text(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(BLOT, text)

    def content(self, content: bytes) -> bytes:
        return content if self._pattern is None else self.text(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


class RedactingReporter:
    """A reporter before another one. What functions say passes through `redaction`, which may be replaced when the app changes."""

    def __init__(self, reporter: Reporter, redaction: Redaction) -> None:
        self._reporter = reporter
        self.redaction = redaction

    def step(self, text: str) -> None:
        self._reporter.step(text)

    def ready(self, url: str) -> None:
        self._reporter.ready(url)

    def request(self, line: RequestLine) -> None:
        self._reporter.request(line)

    def log(self, function: str, line: str) -> None:
        self._reporter.log(function, self.redaction.text(line))

    def changed(self, paths: Sequence[str]) -> None:
        self._reporter.changed(paths)

    def problem(self, problem: Problem) -> None:
        self._reporter.problem(problem)
