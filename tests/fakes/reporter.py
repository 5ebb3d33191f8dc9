"""A reporter that remembers what it was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from deep.errors import Problem
from deep.local.reporter import RequestLine


@dataclass(slots=True)
class RecordingReporter:
    """Every kind of news in its own list."""

    steps: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    requests: list[RequestLine] = field(default_factory=list)
    logs: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[str, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.steps.append(text)

    def ready(self, url: str) -> None:
        self.urls.append(url)

    def request(self, line: RequestLine) -> None:
        self.requests.append(line)

    def log(self, function: str, line: str) -> None:
        self.logs.append((function, line))

    def changed(self, paths: Sequence[str]) -> None:
        self.changes.append(tuple(paths))

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)
