"""What can go wrong, told to people: one tree of errors, and the one grammar they are printed in.

An error says what is wrong, where (file, line, column), what was found and what was expected, and how to mend it. `deep.cli` turns it into an exit
code; nothing below prints. Functions that ship to the cloud have their own, smaller tree in `deep.runtime.exceptions`, because this one would slow
their cold start.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from deep.frozen import dataclass


class ExitCode(IntEnum):
    """What the process answers to its caller; documented in docs/reference/errors.md."""

    OK = 0
    PROJECT = 1  # the project's own files are wrong, or its code failed
    USAGE = 2  # the command line is wrong
    ENVIRONMENT = 3  # the machine is: a port in use, a tool missing, a disk full, a network down
    REFUSED = 4  # the cloud, or a guard of ours, refused
    PARTLY_DONE = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a text file. `line` and `column` count from 1; `length` is how many characters are meant."""

    file: str
    line: int
    column: int
    length: int = 1
    source_line: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `code` is a stable slug such as `unknown-model`; `file` stands in where no line is known."""

    code: str
    message: str
    place: Place | None = None
    file: str | None = None
    found: str | None = None
    expected: str | None = None
    help: str | None = None

    def as_json(self) -> dict[str, Any]:
        where = self.place
        return {
            "code": self.code,
            "message": self.message,
            "file": where.file if where else self.file,
            "line": where.line if where else None,
            "column": where.column if where else None,
            "found": self.found,
            "expected": self.expected,
            "help": self.help,
        }


class DeepError(Exception):
    """Base of every error DEEP raises on purpose; carries one or more problems, all of one phase."""

    exit_code: ExitCode = ExitCode.PROJECT

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a DeepError needs at least one Problem")
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems

    @classmethod
    def of(cls, code: str, message: str, **details: Any) -> DeepError:
        """The common case: an error with a single problem. `details` are `Problem`'s optional fields."""
        return cls(Problem(code, message, **details))


class ProjectError(DeepError):
    """The project's files are wrong; lists every problem of every file."""


class UsageError(DeepError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class EnvironmentProblem(DeepError):
    """The machine stands in the way: ports, tools, permissions, disk, network."""

    exit_code = ExitCode.ENVIRONMENT


class RefusedError(DeepError):
    """A guard said no: the cloud's, or one of ours that needs consent first."""

    exit_code = ExitCode.REFUSED


def render(problem: Problem) -> str:
    """The problem in the house grammar: `error[code]: message`, an arrow to the place, the line with carets, and the help."""
    lines = [f"error[{problem.code}]: {problem.message}"]
    lines += _render_place(problem)
    if problem.found is not None or problem.expected is not None:
        told = [f"{word} {value}" for word, value in (("found", problem.found), ("expected", problem.expected)) if value is not None]
        lines.append(f"note: {', '.join(told)}")
    if problem.help:
        lines.append(f"help: {problem.help}")
    return "\n".join(lines)


def render_all(problems: Iterable[Problem], *, most: int = 20) -> str:
    """All problems, `most` of them in full and the rest counted, so that a broken generator cannot flood the screen."""
    told = list(problems)
    blocks = [render(problem) for problem in told[:most]]
    if len(told) > most:
        blocks.append(f"... and {len(told) - most} more problems")
    return "\n\n".join(blocks)


def _render_place(problem: Problem) -> list[str]:
    place = problem.place
    if place is None:
        return [f"  --> {problem.file}"] if problem.file else []
    lines = [f"  --> {place}"]
    if place.source_line:
        gutter = str(place.line)
        carets = " " * (place.column - 1) + "^" * max(place.length, 1)
        blank = " " * len(gutter)
        lines += [f"{blank} |", f"{gutter} | {place.source_line}", f"{blank} | {carets}"]
    return lines
