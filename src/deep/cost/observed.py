"""Calls of DynamoDB as they are seen on the wire, as events to count: sizes are reckoned from the items by DynamoDB's own rules.

Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats" and "DynamoDB read and write operations". What the wire does not show is
estimated: items that a filter held back are as large as those it let through, and what a transaction changes or deletes is as large as what the
call says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from deep.cost.events import TableCall

_NESTED_BYTES = 3
"""What a list or a map weighs beside its members, each of which adds one byte."""
_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheck", "Get": "GetItem"}
_OPERATIONS = {"PutRequest": "PutItem", "DeleteRequest": "DeleteItem"}


def table_calls_of(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any], indexes: Mapping[str, int]) -> tuple[TableCall, ...]:
    """The events of one call. `indexes` says how many secondary indexes each table (by name) has; none for what is not in it.

    Operations that cost no units, such as DescribeTable, are no events.
    """
    return tuple(_calls(operation, request, answer, indexes))


def item_bytes(item: Mapping[str, Any]) -> int:
    """The size of an item in wire form (`{"Id": {"S": "1"}}`): names and values, in bytes."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _calls(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any], indexes: Mapping[str, int]) -> Iterable[TableCall]:
    is_consistent = bool(request.get("ConsistentRead"))
    match operation:
        case "GetItem":
            return [TableCall(operation, item_bytes(answer.get("Item", {})), is_consistent)]
        case "Query" | "Scan":
            return [TableCall(operation, _read_bytes(answer), is_consistent)]
        case "PutItem" | "UpdateItem" | "DeleteItem":
            return [_written(operation, request, answer, indexes)]
        case "TransactWriteItems":
            parts = _parts(request.get("TransactItems", ()))
            return [_written(_PARTS[kind], part, {}, indexes, is_transactional=True) for kind, part in parts]
        case "TransactGetItems":
            return [TableCall("GetItem", item_bytes(got.get("Item", {})), is_transactional=True) for got in answer.get("Responses", ())]
        case "BatchGetItem":
            return _batch_read(request, answer)
        case "BatchWriteItem":
            return _batch_write(request, indexes)
        case _:
            return ()


def _written(
    operation: str, request: Mapping[str, Any], answer: Mapping[str, Any], indexes: Mapping[str, int], *, is_transactional: bool = False
) -> TableCall:
    """A write weighs what it leaves, or what it took away: the most that the call shows. A refused one is charged too, by the item that was held."""
    sent = item_bytes(request.get("Item", {})) or item_bytes(request.get("Key", {})) + item_bytes(request.get("ExpressionAttributeValues", {}))
    held = item_bytes(answer.get("Attributes") or answer.get("Item") or {})
    size = held if operation == "DeleteItem" else max(sent, held)
    kept = 0 if operation == "ConditionCheck" else indexes.get(request.get("TableName", ""), 0)
    return TableCall(operation, size, is_transactional=is_transactional, index_bytes=(size,) * kept)


def _read_bytes(answer: Mapping[str, Any]) -> int:
    found = answer.get("Items", ())
    size = sum(map(item_bytes, found))
    scanned = answer.get("ScannedCount", len(found))
    return size * scanned // len(found) if found else 0


def _batch_read(request: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[TableCall]:
    """Each item is rounded alone, and one that is not there is read too."""
    for table, asked in request.get("RequestItems", {}).items():
        got = answer.get("Responses", {}).get(table, ())
        absent = max(0, len(asked.get("Keys", ())) - len(got))
        for size in (*map(item_bytes, got), *(0,) * absent):
            yield TableCall("BatchGetItem", size, bool(asked.get("ConsistentRead")))


def _batch_write(request: Mapping[str, Any], indexes: Mapping[str, int]) -> Iterator[TableCall]:
    for table, writes in request.get("RequestItems", {}).items():
        for kind, part in _parts(writes):
            yield _written(_OPERATIONS[kind], {**part, "TableName": table}, {}, indexes)


def _parts(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((kind, part) for item in items for kind, part in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    """The size of a value in wire form. A number weighs a byte for each two digits, one more, and one more below zero."""
    kind, held = next(iter(value.items()))
    match kind:
        case "L":
            return _NESTED_BYTES + sum(1 + _value_bytes(one) for one in held)
        case "M":
            return _NESTED_BYTES + len(held) + item_bytes(held)
        case "SS" | "NS" | "BS":
            return sum(_SCALARS[kind[0]](one) for one in held)
        case _:
            return _SCALARS.get(kind, _one_byte)(held)


def _text_bytes(text: str) -> int:
    return len(text.encode())


def _one_byte(_: object) -> int:
    """Of true, false and null."""
    return 1


def _number_bytes(text: str) -> int:
    mantissa = text.lower().partition("e")[0]
    digits = mantissa.replace("-", "").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + mantissa.startswith("-")


def _binary_bytes(text: str) -> int:
    """Of bytes that are written as base64."""
    return len(text) * 3 // 4 - text.count("=")


_SCALARS: Mapping[str, Callable[[Any], int]] = {"S": _text_bytes, "N": _number_bytes, "B": _binary_bytes}
