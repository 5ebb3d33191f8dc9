"""Copies rows from one table to another of other keys, as often as it takes until both are found to hold the same.

Run again after an interruption it goes on: what has arrived already is not sent again. Some 200 bytes of memory are needed for each row.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Any, Protocol, TypeVar

from deep.bundle.table_rows import OLDEST_S, Row, Tally, collision, digest, moved, row_key
from deep.errors import Problem, RefusedError
from deep.provision.parallel import in_parallel
from deep.provision.states.moves import Move

T = TypeVar("T")
PARTS = 4
"""Parts of a table that are read and written at the same time."""
PASSES = 3
RowKey = tuple[str, ...]


class Tables(Protocol):
    """What of a cloud copying needs."""

    def pages(self, table: str, part: int, parts: int) -> Iterator[Sequence[Row]]:
        """The rows of one of so many parts of a table."""

    def write(self, table: str, rows: Sequence[Row], gone: Sequence[Row]) -> None:
        """Puts rows, over what has the same keys, and deletes those that have the keys `gone`."""


class RowCopy:
    """Copies the rows of one move. `step` hears how far it is; `may_write` is asked again and again, and raises when others copy them now."""

    def __init__(self, tables: Tables, move: Move, step: Callable[[str], None], may_write: Callable[[], None]) -> None:
        self._tables = tables
        self._step = step
        self._may_write = may_write
        self._source, self._target = move.names
        former, self._keys = move.keys
        self._moved = partial(moved, former=former, keys=self._keys)
        self._ttl, self._now_s = move.ttl, time.time()

    def count(self) -> int:
        """How many rows there are to copy. Raises RefusedError when two of them would be one."""
        seen: set[RowKey] = set()
        for keys in self._in_parts(lambda part, parts: [row_key(row, self._keys) for row in self._moved_rows(part, parts)]):
            for key in keys:
                if key in seen:
                    raise RefusedError(collision(self._source, key))
                seen.add(key)
        return len(seen)

    def copy(self, expected: int) -> int:
        """How many rows are in both tables at the end. Raises RefusedError when somebody goes on writing to the old one."""
        for _ in range(PASSES):
            left = self._known()
            self._in_parts(partial(self._send, left, Progress(self._step, self._target, expected)))
            self._may_write()
            self._tables.write(self._target, (), [self._key_of(key) for key in left])
            there, arrived = self._tally(self._moved_rows), self._tally(self._target_rows)
            if there == arrived:
                return arrived.rows
            self._step(f"{self._source} was written to meanwhile; copying what differs")
        message = f"{self._source} is still written to, so that its rows are not the same in {self._target}"
        raise RefusedError(Problem("rows-differ", message, help="find who writes to it besides the app's functions, and deploy again"))

    def _known(self) -> dict[RowKey, bytes]:
        """What an earlier try has left in the new table."""
        found: dict[RowKey, bytes] = {}
        self._in_parts(lambda part, parts: found.update((row_key(row, self._keys), digest(row)) for row in self._target_rows(part, parts)))
        return found

    def _send(self, known: dict[RowKey, bytes], progress: Progress, part: int, parts: int) -> None:
        """Sends what is not there yet, and takes out of `known` what the old table has."""
        for page in self._tables.pages(self._source, part, parts):
            rows = [self._moved(row) for row in page if not self._is_over(row)]
            self._may_write()
            self._tables.write(self._target, [row for row in rows if known.pop(row_key(row, self._keys), b"") != digest(row)], ())
            progress.add(len(rows))

    def _tally(self, rows: Callable[[int, int], Iterator[Row]]) -> Tally:
        return Tally.sum(self._in_parts(lambda part, parts: Tally.of(rows(part, parts))))

    def _moved_rows(self, part: int, parts: int) -> Iterator[Row]:
        return (self._moved(row) for page in self._tables.pages(self._source, part, parts) for row in page if not self._is_over(row))

    def _target_rows(self, part: int, parts: int) -> Iterator[Row]:
        return (row for page in self._tables.pages(self._target, part, parts) for row in page if not self._is_over(row))

    def _is_over(self, row: Row) -> bool:
        """Whether DynamoDB deletes the row any moment, so that no two readings would agree on it (Developer Guide, "How it works: TTL")."""
        ends = row.get(self._ttl, {}).get("N") if self._ttl else None
        return ends is not None and self._now_s - OLDEST_S < float(ends) <= self._now_s

    def _key_of(self, values: RowKey) -> dict[str, Any]:
        return {key.field: {key.type: value} for key, value in zip(self._keys, values, strict=True)}

    @staticmethod
    def _in_parts(work: Callable[[int, int], T]) -> list[T]:
        return list(in_parallel(lambda part: work(part, PARTS), range(PARTS)))


class Progress:
    """Tells of every tenth of the rows that has been copied."""

    def __init__(self, step: Callable[[str], None], table: str, expected: int) -> None:
        self._step = step
        self._table = table
        self._expected = expected
        self._done = 0
        self._lock = Lock()

    def add(self, rows: int) -> None:
        with self._lock:
            before, self._done = self._done, self._done + rows
            tenths = [min(done * 10 // max(self._expected, 1), 10) for done in (before, self._done)]
            if tenths[0] < tenths[1]:
                self._step(f"{self._done} of {max(self._done, self._expected)} rows are in {self._table} ({tenths[1]}0 %)")
