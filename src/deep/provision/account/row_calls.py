"""Rows of a table, read and written as DynamoDB takes them: all of them, in pages and batches.

`call` is `Aws`'s: service, operation and arguments. Source: Amazon DynamoDB API Reference, `Scan` and `BatchWriteItem`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from deep.bundle.table_rows import Row

Call = Callable[..., Any]
_BATCH = 25
"""Rows of one BatchWriteItem."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 5.0


def pages(call: Call, table: str, part: int, parts: int) -> Iterator[Sequence[Row]]:
    """The rows of one of so many parts of a table."""
    asked: dict[str, Any] = {"TableName": table, "ConsistentRead": True, "Segment": part, "TotalSegments": parts}
    while True:
        answer = call("dynamodb", "scan", **asked)
        yield answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def holds_rows(call: Call, table: str) -> bool:
    """False also where there is no such table."""
    found = call("dynamodb", "scan", TableName=table, Limit=1)
    return bool(found and found["Items"])


def write(call: Call, table: str, rows: Sequence[Row], gone: Sequence[Row]) -> None:
    """Puts rows, over what has the same keys, and deletes those that have the keys `gone`."""
    asked = [*({"PutRequest": {"Item": row}} for row in rows), *({"DeleteRequest": {"Key": key}} for key in gone)]
    for start in range(0, len(asked), _BATCH):
        _batch(call, {table: asked[start : start + _BATCH]})


def _batch(call: Call, left: dict[str, Any]) -> None:
    """What a table that is short of capacity leaves undone is asked for again, more and more slowly."""
    pause_s = _FIRST_PAUSE_S
    while left := call("dynamodb", "batch_write_item", RequestItems=left).get("UnprocessedItems") or {}:
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
