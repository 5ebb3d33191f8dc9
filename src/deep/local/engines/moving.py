"""Moves a table's rows to one of other keys, so that a kill anywhere loses none: whatever is found tells how far it came.

1. Make an empty table that marks the move, and the new table.
2. Copy every row, and look that every one arrived. Until here the old table is the truth.
3. Delete the old table, then the mark. From here on the new one is.

So where a mark stands beside the old table, the new one may be half a copy, and is made again. Nobody may write meanwhile: `Backend` holds functions'
calls.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from deep.bundle.table_changes import Key, Shape, shape_of
from deep.bundle.table_rows import Tally, moved, row_key
from deep.local.engines.table_calls import TableCalls
from deep.names import other_table

MARK = ".moving"
_BATCH = 25
"""Rows of one BatchWriteItem (DynamoDB's limit)."""


class KeyTaken(Exception):
    """Two rows would have the same key."""

    def __init__(self, key: tuple[str, ...]) -> None:
        super().__init__(*key)
        self.key = key


async def move(calls: TableCalls, source: str, keys: tuple[Key, ...]) -> None:
    """Moves rows to the `other_table`, which is made with these keys and no indexes.

    Raises KeyTaken, with everything as it was, when two rows would be one.
    """
    target = other_table(source)
    await calls.create(f"{source}{MARK}", Shape(keys, {}))
    await calls.create(target, Shape(keys, {}))
    try:
        await _copy(calls, source, target, keys)
    except KeyTaken:
        await calls.delete(target)
        await calls.delete(f"{source}{MARK}")
        raise
    await calls.delete(source)
    await calls.delete(f"{source}{MARK}")


async def take_back_moves(calls: TableCalls, names: Collection[str]) -> None:
    """Of moves that were interrupted, deletes what may be half a copy."""
    for mark in (name for name in names if name.endswith(MARK)):
        source = mark.removesuffix(MARK)
        if source in names and other_table(source) in names:
            await calls.delete(other_table(source))
        await calls.delete(mark)


async def _copy(calls: TableCalls, source: str, target: str, keys: tuple[Key, ...]) -> None:
    """Every row, as a table with these keys holds it. Raises KeyTaken, and RuntimeError when not all arrived."""
    former = shape_of(await calls.describe(source)).keys
    seen: set[tuple[str, ...]] = set()
    sent, arrived = Tally(), Tally()
    async for page in calls.pages(source):
        rows = list(map(partial(moved, former=former, keys=keys), page))
        for row in rows:
            key = row_key(row, keys)
            if key in seen:
                raise KeyTaken(key)
            seen.add(key)
            sent.add(row)
        for start in range(0, len(rows), _BATCH):
            await calls.write(target, rows[start : start + _BATCH])
    async for page in calls.pages(target):
        for one in page:
            arrived.add(one)
    if sent != arrived:
        raise RuntimeError(f"{sent.rows} rows of {source} were sent to {target}, and {arrived.rows} that arrived are not the same")
