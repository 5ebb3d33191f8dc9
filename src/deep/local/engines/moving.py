"""Moves a table's rows to other keys, so that a kill anywhere loses none: whatever is found tells how far it came.

1. Copy every row to a table beside it, and look that every one arrived. Until here the table itself is the truth.
2. Delete the table. From here on the one beside it is.
3. Make the table anew with the new keys, copy every row back, look again, delete the one beside it.

So a table beside one of the same keys, or beside none, is whole; beside one of other keys it may be half a copy, and is made again. Nobody may write
meanwhile: `Backend` holds functions' calls.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from deep.bundle.table_changes import Key, Shape, shape_of
from deep.bundle.table_rows import Row, digest, moved, row_key
from deep.local.engines.table_calls import TableCalls

BESIDE = ".moving"
_BATCH = 25
"""Rows of one BatchWriteItem (DynamoDB's limit)."""


class KeyTaken(Exception):
    """Two rows would have the same key."""


async def move(calls: TableCalls, table: str, keys: tuple[Key, ...]) -> None:
    """Gives a table other keys, without indexes. Raises KeyTaken, with everything as it was, when two rows would be one."""
    beside = f"{table}{BESIDE}"
    await calls.create(beside, Shape(keys, {}))
    try:
        await _copy(calls, table, beside, keys)
    except KeyTaken:
        await calls.delete(beside)
        raise
    await calls.delete(table)
    await _return(calls, table, keys)


async def finish_moves(calls: TableCalls, names: Collection[str]) -> None:
    """Ends what was begun and interrupted, or takes it back."""
    for beside in (name for name in names if name.endswith(BESIDE)):
        table, keys = beside.removesuffix(BESIDE), shape_of(await calls.describe(beside)).keys
        if table in names and shape_of(await calls.describe(table)).keys != keys:
            await calls.delete(beside)
        else:
            await _return(calls, table, keys, is_there=table in names)


async def _return(calls: TableCalls, table: str, keys: tuple[Key, ...], *, is_there: bool = False) -> None:
    if not is_there:
        await calls.create(table, Shape(keys, {}))
    await _copy(calls, f"{table}{BESIDE}", table, keys)
    await calls.delete(f"{table}{BESIDE}")


async def _copy(calls: TableCalls, source: str, target: str, keys: tuple[Key, ...]) -> None:
    """Every row, as a table with these keys holds it. Raises KeyTaken, and RuntimeError when one did not arrive."""
    seen: set[tuple[str, ...]] = set()
    sent: set[bytes] = set()
    async for page in calls.pages(source):
        rows = [row if source.endswith(BESIDE) else moved(row, keys) for row in page]
        for row in rows:
            key = row_key(row, keys)
            if key in seen:
                raise KeyTaken(" ".join(key))
            seen.add(key)
            sent.add(digest(row))
        for start in range(0, len(rows), _BATCH):
            await calls.write(target, rows[start : start + _BATCH])
    missing = sent - {digest(row) async for row in _rows(calls, target)}
    if missing:
        raise RuntimeError(f"{len(missing)} of {len(sent)} rows of {source} did not arrive in {target}")


async def _rows(calls: TableCalls, table: str) -> AsyncIterator[Row]:
    async for page in calls.pages(table):
        for row in page:
            yield row
