"""What functions needed while they ran: every distinct access, for proving that policies grant it and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import orjson

from deep.frozen import dataclass
from deep.security.evaluate import Access

FILE = "accesses.jsonl"
"""In the property's `.deep/`: a line for each distinct access or call, appended, never rewritten."""
VARIABLE = "DEEP_RECORDINGS"
"""Names another file for it: `deepify policy prove` collects there what all the platforms saw that an app's tests started."""
MOST = 100_000
"""More distinct accesses than any app needs; a function that makes up names must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One distinct access of a function. `own`: under its data role, on behalf of the identity in the access's context."""

    function: str
    own: bool
    access: Access
    allowed: bool

    def line(self) -> bytes:
        """As a line of JSON, members in one order: equal recordings are equal lines."""
        access = self.access
        context = {key: list(values) for key, values in sorted(access.context.items())}
        told = {"function": self.function, "own": self.own, "action": access.action, "resource": access.resource, "context": context}
        return orjson.dumps({**told, "allowed": self.allowed})


class Recorder:
    """Collects recordings in memory; `save` appends to a file those it does not hold yet."""

    def __init__(self) -> None:
        self._noted: dict[bytes, Recording] = {}
        self._calls: set[tuple[str, str]] = set()
        self._saved: set[bytes] = set()

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Everything noted so far, in its order."""
        return tuple(self._noted.values())

    def note(self, recording: Recording) -> None:
        if len(self._noted) < MOST:
            self._noted.setdefault(recording.line(), recording)

    def note_call(self, role: str, action: str) -> None:
        """Somebody called the action in this role, and was let in."""
        self._calls.add((role, action))

    def save(self, path: Path) -> None:
        """Appends what is new. Raises OSError."""
        lines = [*self._noted, *(orjson.dumps({"role": role, "call": action}) for role, action in sorted(self._calls))]
        fresh = [line for line in lines if line not in self._saved]
        if fresh:
            known = set(_lines(path))
            with path.open("ab") as file:
                file.writelines(line + b"\n" for line in fresh if line not in known)
            self._saved.update(lines)


def read_recordings(path: Path) -> tuple[Recording, ...]:
    """What a file holds; nothing when there is none. A line that was cut off is passed over."""
    found = []
    for line in _lines(path):
        with suppress(orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            found.append(_recording(orjson.loads(line)))
    return tuple(found)


def read_calls(path: Path) -> frozenset[tuple[str, str]]:
    """Who called what, as (role, action), of the same file."""
    found = set()
    for line in _lines(path):
        with suppress(orjson.JSONDecodeError, KeyError, TypeError):
            told = orjson.loads(line)
            found.add((str(told["role"]), str(told["call"])))
    return frozenset(found)


def recordings_path(data: Path) -> Path:
    """Where the platform of the property with this `.deep/` folder writes what it saw."""
    return Path(os.environ.get(VARIABLE) or data / FILE)


def _recording(told: dict[str, object]) -> Recording:
    context = {str(key): tuple(values) for key, values in told["context"].items()}  # type: ignore[attr-defined]  # AttributeError is caught
    access = Access(str(told["action"]), str(told["resource"]), context)
    return Recording(str(told["function"]), told["own"] is True, access, told["allowed"] is True)


def _lines(path: Path) -> Iterator[bytes]:
    with suppress(FileNotFoundError):
        yield from path.read_bytes().splitlines()
