"""What a call of DynamoDB needs of IAM: each call's actions, on which tables and indexes, with which leading keys.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB"; DynamoDB Developer Guide, "Using IAM with
DynamoDB transactions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deep.security.evaluate import Access

_TRANSACTION_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_AND = re.compile(r"\s+and\s+", flags=re.IGNORECASE)
LEADING_KEYS = "dynamodb:LeadingKeys"


class Tables:
    """The tables of an account as requests name them: `arn_prefix` is `arn:aws:dynamodb:<region>:<account>:table/`.

    `partition_keys` maps a table's name to its partition key, so that requests for items can be told whose they are for.
    """

    __slots__ = ("_arn_prefix", "_partition_keys")

    def __init__(self, arn_prefix: str, partition_keys: Mapping[str, str]) -> None:
        self._arn_prefix = arn_prefix
        self._partition_keys = partition_keys

    def accesses(self, operation: str, request: Mapping[str, Any]) -> tuple[Access, ...]:
        """What `operation` (such as `PutItem`) with this request needs, one access for each table, index and kind of part it touches."""
        return tuple(_merged(self._accesses(operation, request)))

    def _accesses(self, operation: str, request: Mapping[str, Any]) -> Iterable[Access]:
        match operation:
            case "TransactWriteItems" | "TransactGetItems":
                parts = [part for item in _list(request.get("TransactItems")) for part in _mapping(item).items()]
                return [self._item(_TRANSACTION_PARTS.get(part, part), _mapping(detail)) for part, detail in parts]
            case "BatchGetItem":
                keys = [(table, key) for table, one in self._tables(request) for key in _list(_mapping(one).get("Keys")) or [{}]]
                return [self._access(operation, table, key) for table, key in keys]
            case "BatchWriteItem":
                writes = [(table, write) for table, one in self._tables(request) for write in _list(one) or [{}]]
                return [self._access(operation, table, keyed) for table, write in writes for keyed in _written(write)]
            case "Query" | "Scan":
                return [self._search(operation, request)]
            case _:
                return [self._item(operation, request)]

    @staticmethod
    def _tables(request: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
        return _mapping(request.get("RequestItems")).items()

    def _item(self, action: str, detail: Mapping[str, Any]) -> Access:
        """A put names its item by `Item`, everything else by `Key`; the other of the two means nothing to DynamoDB, and so nothing here."""
        return self._access(action, str(detail.get("TableName", "*")), detail.get("Item" if action == "PutItem" else "Key"))

    def _access(self, action: str, table: str, keyed: Any) -> Access:
        value = _scalar(_mapping(keyed).get(self._partition_keys.get(_name(table), "")))
        return Access(f"dynamodb:{action}", self._arn(table), {LEADING_KEYS: (value,)} if value is not None else {})

    def _search(self, action: str, request: Mapping[str, Any]) -> Access:
        tail = f"/index/{request['IndexName']}" if request.get("IndexName") else ""
        table = str(request.get("TableName", "*"))
        key = self._partition_keys.get(_name(table), "")
        value = _queried(request, key) if action == "Query" else None
        return Access(f"dynamodb:{action}", f"{self._arn(table)}{tail}", {LEADING_KEYS: (value,)} if value is not None else {})

    def _arn(self, table: str) -> str:
        return table if table.startswith("arn:") else "*" if table == "*" else f"{self._arn_prefix}{table}"


def _queried(request: Mapping[str, Any], key: str) -> str | None:
    """The value that a Query asks the partition key to equal, by expression or by the older `KeyConditions`; None when it asks in both ways."""
    if request.get("KeyConditions"):
        old = _mapping(_mapping(request["KeyConditions"]).get(key))
        is_plain = old.get("ComparisonOperator") == "EQ" and len(_list(old.get("AttributeValueList"))) == 1
        return _scalar(_list(old["AttributeValueList"])[0]) if is_plain and not request.get("KeyConditionExpression") else None
    names = {name: field for name, field in _mapping(request.get("ExpressionAttributeNames")).items() if name.startswith("#")}
    values = _mapping(request.get("ExpressionAttributeValues"))
    for part in _AND.split(str(request.get("KeyConditionExpression", "")).replace("(", " ").replace(")", " ")):
        left, equals, right = part.partition("=")
        name = left.strip()
        if equals and names.get(name, name) == key:
            return _scalar(values.get(right.strip()))
    return None


def _merged(accesses: Iterable[Access]) -> Iterator[Access]:
    """Parts of the same kind on the same table as one access, whose leading keys are all of theirs."""
    parts: dict[tuple[str, str], list[str]] = {}
    for access in accesses:
        parts.setdefault((access.action, access.resource), []).extend(access.context.get(LEADING_KEYS, ()))
    for (action, resource), keys in parts.items():
        yield Access(action, resource, {LEADING_KEYS: tuple(dict.fromkeys(keys))} if keys else {})


def _written(detail: Any) -> list[Any]:
    """What one entry of a batch writes: the item it puts, the key it deletes; both, should it ask for both."""
    parts = [_mapping(part).get("Item" if name == "PutRequest" else "Key") for name, part in _mapping(detail).items()]
    return parts or [{}]


def _name(table: str) -> str:
    """Requests may name a table by its ARN."""
    return table.rpartition("/")[2]


def _scalar(value: Any) -> str | None:
    """The text of a key's value: `{"S": "x"}` -> `x`."""
    return str(next(iter(value.values()))) if isinstance(value, dict) and len(value) == 1 else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
