"""Writes that keep their promises: no overwriting, no upserts, uniqueness kept, and lost answers recognised.

A request may be sent twice when its answer is lost (`deep.runtime.dynamodb`). Then the condition of the second can fail because of the first; what
the table holds instead tells the two cases apart, because each write carries a stamp or values of its own.
"""

from __future__ import annotations

from deep.runtime.db import unique
from deep.runtime.db.expressions import Placeholders, assignments, conjunction
from deep.runtime.db.partition import EVERYBODY, Partition
from deep.runtime.db.values import from_attributes
from deep.runtime.dynamodb import ConditionFailedError, TransactionCancelledError
from deep.runtime.exceptions import ConflictError, DatabaseOperationError, ResourceNotFoundError
from deep.runtime.stamps import new_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from deep.runtime.dynamodb import TablesClient

_NOT_UNIQUE = {unique.ATTRIBUTE: None}
_TELL_OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_UNIQUE_ATTEMPTS = 4
"""How often a write of a unique item starts again when another writer got in between."""


class Writer:
    """Puts, updates and deletes of one table. Items come in as Python values and go out in wire form."""

    def __init__(self, client: TablesClient, model: str, table: str, partition: Partition = EVERYBODY) -> None:
        self._client = client
        self._model = model
        self._table = table
        self._partition = partition

    def put_new(self, item: dict[str, Any]) -> None:
        """Raises ConflictError when the Id exists."""
        try:
            self._client.call("PutItem", {"TableName": self._table, **self._put(item), **_TELL_OLD})
        except ConditionFailedError as failure:
            if failure.attempts == 1 or from_attributes(failure.item) != from_attributes(self._partition.stored(item)):
                raise ConflictError(f"a {self._model} with Id {item['Id']!r} exists already") from None

    def put_unique(self, item: dict[str, Any], fields: list[str]) -> None:
        """Puts the item and its marker. Raises ConflictError when the combination is taken."""
        marked = {**item, unique.ATTRIBUTE: fields}
        put = {"Put": {"TableName": self._table, **self._put(marked)}}
        marker = self._put_marker(unique.marker_id(fields, item), item["Id"])
        for _ in range(_UNIQUE_ATTEMPTS):
            if self._transact([put, marker], fields):
                return
        raise self._contended()

    def update(self, identifier: str, changes: Mapping[str, Any], condition: Mapping[str, Any]) -> dict[str, Any]:
        """The whole item after the change. Raises ResourceNotFoundError and ConflictError."""
        self._refuse_impossible(identifier)
        request = {"TableName": self._table, "Key": self._partition.key(identifier), "ReturnValues": "ALL_NEW", **_TELL_OLD}
        try:
            answer = self._client.call("UpdateItem", {**request, **_update(changes, condition, _NOT_UNIQUE)})
        except ConditionFailedError as failure:
            return self._after_refused_update(identifier, changes, condition, failure)
        return answer["Attributes"]  # type: ignore[no-any-return]

    def delete(self, identifier: str, condition: Mapping[str, Any]) -> bool:
        """Whether there was an item. Raises ConflictError when it does not meet `condition`."""
        if not unique.is_item_id(identifier):
            return False
        request = {"TableName": self._table, "Key": self._partition.key(identifier), "ReturnValues": "ALL_OLD", **_TELL_OLD}
        try:
            answer = self._client.call("DeleteItem", {**request, **_delete(condition, _NOT_UNIQUE)})
        except ConditionFailedError as failure:
            if unique.ATTRIBUTE in failure.item:
                return self._delete_unique(identifier, condition)
            raise self._condition_conflict(identifier) from None
        return "Attributes" in answer

    def _after_refused_update(
        self, identifier: str, changes: Mapping[str, Any], condition: Mapping[str, Any], failure: ConditionFailedError
    ) -> dict[str, Any]:
        if not failure.item:
            raise self._missing(identifier)
        if unique.ATTRIBUTE in failure.item:
            return self._update_unique(identifier, changes, condition)
        held = from_attributes(failure.item)
        if failure.attempts > 1 and all(held.get(field) == value for field, value in changes.items()):
            return failure.item  # our own earlier attempt: it bears our updatedAt
        raise self._condition_conflict(identifier)

    def _update_unique(self, identifier: str, changes: Mapping[str, Any], condition: Mapping[str, Any]) -> dict[str, Any]:
        for _ in range(_UNIQUE_ATTEMPTS):
            held = self._held(identifier)
            if held is None:
                raise self._missing(identifier)
            fields = held[unique.ATTRIBUTE]
            before, after = unique.marker_id(fields, held), unique.marker_id(fields, {**held, **changes})
            update = {"TableName": self._table, "Key": self._partition.key(identifier), **_update(changes, condition, _same(held, fields))}
            operations: list[dict[str, Any]] = [{"Update": update}]
            if before != after:
                operations += [self._put_marker(after, identifier), self._delete_marker(before)]
            if self._transact(operations, fields):
                return self._read(identifier)
            self._check_condition(identifier, condition)
        raise self._contended()

    def _delete_unique(self, identifier: str, condition: Mapping[str, Any]) -> bool:
        for _ in range(_UNIQUE_ATTEMPTS):
            held = self._held(identifier)
            if held is None:
                return False
            fields = held[unique.ATTRIBUTE]
            delete = {"TableName": self._table, "Key": self._partition.key(identifier), **_delete(condition, _same(held, fields))}
            if self._transact([{"Delete": delete}, self._delete_marker(unique.marker_id(fields, held))], fields):
                return True
            self._check_condition(identifier, condition)
        raise self._contended()

    def _transact(self, operations: list[dict[str, Any]], fields: list[str]) -> bool:
        """Whether the transaction was carried out; False when the item (the first operation) was not as expected, or another writer was at it."""
        try:
            self._client.call("TransactWriteItems", {"TransactItems": operations, "ClientRequestToken": new_id()})
        except TransactionCancelledError as cancelled:
            if "ConditionalCheckFailed" in cancelled.reasons[1:]:
                raise ConflictError(f"another {self._model} has the same {', '.join(fields)}") from None
            if set(cancelled.reasons) <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        return True

    def _put(self, item: dict[str, Any]) -> dict[str, Any]:
        return {"Item": self._partition.stored(item), "ConditionExpression": "attribute_not_exists(#id)", "ExpressionAttributeNames": {"#id": "Id"}}

    def _put_marker(self, marker: str, holder: str) -> dict[str, Any]:
        """The transaction's part that takes a combination for the item `holder`, and fails when it is taken."""
        return {"Put": {"TableName": self._table, **self._put({"Id": marker, unique.HOLDER: holder})}}

    def _delete_marker(self, marker: str) -> dict[str, Any]:
        """The transaction's part that gives a combination back."""
        return {"Delete": {"TableName": self._table, "Key": self._partition.key(marker)}}

    def _held(self, identifier: str) -> dict[str, Any] | None:
        return from_attributes(self._read(identifier)) or None

    def _read(self, identifier: str) -> dict[str, Any]:
        """The item as the table holds it now, {} when there is none."""
        request = {"TableName": self._table, "Key": self._partition.key(identifier), "ConsistentRead": True}
        return self._client.call("GetItem", request).get("Item", {})  # type: ignore[no-any-return]

    def _check_condition(self, identifier: str, condition: Mapping[str, Any]) -> None:
        """After a refused transaction: raises ConflictError if the caller's own condition is why (a transaction does not say which part failed)."""
        if not condition:
            return
        placeholders = Placeholders()
        check = {"Key": self._partition.key(identifier), "ConditionExpression": conjunction(placeholders, condition), **placeholders.members()}
        try:
            self._client.call("TransactWriteItems", {"TransactItems": [{"ConditionCheck": {"TableName": self._table, **check}}]})
        except TransactionCancelledError as cancelled:
            if "ConditionalCheckFailed" in cancelled.reasons:
                raise self._condition_conflict(identifier) from None

    def _refuse_impossible(self, identifier: str) -> None:
        if not unique.is_item_id(identifier):
            raise self._missing(identifier)

    def _missing(self, identifier: object) -> ResourceNotFoundError:
        return ResourceNotFoundError(f"there is no {self._model} with Id {identifier!r}")

    def _condition_conflict(self, identifier: str) -> ConflictError:
        return ConflictError(f"the {self._model} with Id {identifier!r} is not as expected")

    def _contended(self) -> DatabaseOperationError:
        return DatabaseOperationError(f"too many writers at once at one {self._model}", "TransactionConflict")


def _update(changes: Mapping[str, Any], *conditions: Mapping[str, Any]) -> dict[str, Any]:
    """An update of an item that exists and meets all `conditions`."""
    placeholders = Placeholders()
    update = assignments(placeholders, changes)
    guard = f"attribute_exists({placeholders.name('Id')}) AND {_all(placeholders, conditions)}"
    return {"UpdateExpression": update, "ConditionExpression": guard, **placeholders.members()}


def _delete(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    """A deletion of an item that is gone or meets all `conditions`."""
    placeholders = Placeholders()
    guard = f"attribute_not_exists({placeholders.name('Id')}) OR ({_all(placeholders, conditions)})"
    return {"ConditionExpression": guard, **placeholders.members()}


def _all(placeholders: Placeholders, conditions: tuple[Mapping[str, Any], ...]) -> str:
    """Two of `conditions` may speak of the same field: the caller's and ours."""
    return " AND ".join(conjunction(placeholders, condition) for condition in conditions if condition)


def _same(held: Mapping[str, Any], fields: list[str]) -> dict[str, Any]:
    """The condition that an item still has the unique values it was read with."""
    return {field: held[field] for field in (*fields, unique.ATTRIBUTE)}
