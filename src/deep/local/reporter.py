"""What the local platform tells the screen: one protocol that the command line implements, and the facts it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from deep.errors import Problem
from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One answered request. `duration_ms` is the gateway's whole time.

    `function` is an action's identifier, None for files and the platform's own addresses. `cold`: a function process was started for it.
    """

    method: str
    path: str
    status: int
    duration_ms: float
    function: str | None = None
    cold: bool = False

    def __str__(self) -> str:
        """`GET    /deep-todo/task/retrieve  200    3 ms  deep.todo:task:retrieve  (cold)`, as the request log shows it."""
        tail = "  ".join(part for part in (self.function or "", "(cold)" if self.cold else "") if part)
        return f"{self.method:<7}{self.path}  {self.status}  {self.duration_ms:.0f} ms  {tail}".rstrip()


class Reporter(Protocol):
    """Where the platform speaks to the person who started it. Methods return at once and never raise."""

    def step(self, text: str) -> None:
        """What is being done now, while starting or stopping: `installing requirements of deep.todo:task:create`."""

    def ready(self, url: str) -> None:
        """The platform answers at `url`."""

    def request(self, line: RequestLine) -> None:
        """A request was answered. Called in batches, a moment after the answer was sent."""

    def log(self, function: str, line: str) -> None:
        """A line that a function printed, or that the platform has to say of it. `function` is an action's identifier."""

    def changed(self, paths: Sequence[str]) -> None:
        """Files that changed, relative to the property, and were taken up."""

    def problem(self, problem: Problem) -> None:
        """Something is wrong, and the platform goes on without it."""
