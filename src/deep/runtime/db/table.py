"""A model's table: the methods handlers call. Items are plain dicts.

Every item has `Id` (UUIDv7 text), `createdAt` and `updatedAt` (ISO 8601, UTC, milliseconds); DEEP sets them and ignores them in data. Data is checked
against the model and stripped of what it does not name (`deep.runtime.fields`); a model without fields takes everything. Gets are strongly
consistent; searches and listings are eventually consistent, as DynamoDB's indexes are. Of an own model, all methods see the caller's items and no
others (`deep.runtime.db.partition`).

Methods raise InvalidArgumentError and ValidationError (400), ResourceNotFoundError (404), ConflictError (409) and DatabaseOperationError (500).
"""

from __future__ import annotations

from itertools import islice

from deep.runtime import fields as field_types
from deep.runtime.db import search, unique
from deep.runtime.db.cursor import read_cursor, write_cursor
from deep.runtime.db.partition import OWNER, Partition
from deep.runtime.db.values import from_attributes, to_attributes
from deep.runtime.db.writes import Writer
from deep.runtime.exceptions import InvalidArgumentError
from deep.runtime.stamps import new_id, now_iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from deep.runtime.dynamodb import TablesClient
    from deep.wire.config import TableShape

    Item = dict[str, Any]

_OURS = "_deep"
"""What attributes that DEEP keeps for itself begin with; nobody outside gives or sees them."""


class Page:
    """Some items of a listing; `next_key` goes into the next `find_all_paginated`, None at the end."""

    __slots__ = ("items", "next_key")

    def __init__(self, items: list[Item], next_key: str | None) -> None:
        self.items = items
        self.next_key = next_key


class Table:
    """The items of one model; those of `owner` alone when it is given, as it must be for an own model."""

    def __init__(self, client: TablesClient, model: str, shape: TableShape, owner: str | None = None) -> None:
        self._client = client
        self._shape = shape
        self._name = shape["name"]
        self._partition = Partition(owner)
        self._writer = Writer(client, model, shape["name"], self._partition)
        self._key_fields = {field for index in shape["indexes"] for field in (index["partition"], index.get("sort")) if field}

    def create_item(self, data: Mapping[str, Any], *, item_id: str | None = None) -> Item:
        """Stores a new item and gives it back. `item_id` is for keys that code chooses; ConflictError when it exists."""
        item = self._new_item(data, item_id)
        self._writer.put_new(item)
        return item

    def create_unique_on_fields(self, fields: Sequence[str], data: Mapping[str, Any]) -> Item:
        """Stores a new item unless one created this way has the same values in all of `fields`: then ConflictError. Atomic."""
        item = self._new_item(data, None)
        self._writer.put_unique(item, list(fields))
        return item

    def find_one_by_id(self, item_id: str) -> Item | None:
        """The item, or None."""
        if not unique.is_item_id(item_id):
            return None
        answer = self._client.call("GetItem", {"TableName": self._name, "Key": self._partition.key(item_id), "ConsistentRead": True})
        return self._visible(answer["Item"]) if "Item" in answer else None

    def find_all(self) -> list[Item]:
        """Every item of the table, in no order, page after page."""
        return list(self._search({}))

    def find_all_paginated(self, start_key: str | None = None, limit: int = 10) -> Page:
        """Up to `limit` items after `start_key` (a page's `next_key`; None for the first page)."""
        _check_limit(limit)
        owner = self._partition.owner
        key = self._partition.key(read_cursor(start_key, owner)) if start_key else None
        operation, listing = self._search_request({})
        items: list[Item] = []
        while True:
            request = {**listing, "Limit": limit - len(items)}
            if key:
                request["ExclusiveStartKey"] = key
            answer = self._client.call(operation, request)
            items += [self._visible(item) for item in answer["Items"] if not unique.is_marker(item["Id"]["S"])]
            key = answer.get("LastEvaluatedKey")
            if not key or len(items) >= limit:
                return Page(items, write_cursor(key, owner))

    def find_by(self, field: str, value: Any, limit: int = 10) -> list[Item]:
        """Up to `limit` items whose `field` equals `value`; by the field's index where it has one."""
        return self.find_matching({field: value}, limit)

    def find_one_by(self, field: str, value: Any) -> Item | None:
        """One of the items whose `field` equals `value`, or None."""
        return next(self._search({field: value}), None)

    def find_all_by(self, field: str, value: Any) -> list[Item]:
        """All items whose `field` equals `value`."""
        return list(self._search({field: value}))

    def find_matching(self, params: Mapping[str, Any], limit: int = 10) -> list[Item]:
        """Up to `limit` items that meet all of `params`: field to value, None (absent), or a pair such as `(">=", 5)`."""
        _check_limit(limit)
        return list(islice(self._search(params), limit))

    def find_all_matching(self, params: Mapping[str, Any]) -> list[Item]:
        """All items that meet all of `params` (see `find_matching`)."""
        return list(self._search(params))

    def update_item(self, item_id: str, data: Mapping[str, Any]) -> Item:
        """Sets the fields in `data`, removes those that are None, leaves the rest; gives the whole item. ResourceNotFoundError if there is none."""
        return self.update_item_conditional(item_id, data, {})

    def update_item_conditional(self, item_id: str, data: Mapping[str, Any], condition: Mapping[str, Any]) -> Item:
        """`update_item` if the item meets `condition` (see `find_matching`); else ConflictError, and nothing is changed."""
        self._partition.refuse_owner(condition)
        changes = {**self._checked(data), "updatedAt": now_iso()}
        return self._visible(self._writer.update(item_id, changes, condition))

    def delete_by_id(self, item_id: str) -> bool:
        """Deletes the item; True if there was one. Deleting what is gone is no error."""
        return self.delete_by_id_conditional(item_id, {})

    def delete_by_id_conditional(self, item_id: str, condition: Mapping[str, Any]) -> bool:
        """`delete_by_id` if the item meets `condition` (see `find_matching`); else ConflictError. What is gone stays gone: False."""
        self._partition.refuse_owner(condition)
        return self._writer.delete(item_id, condition)

    def _search(self, conditions: Mapping[str, Any]) -> Iterator[Item]:
        identifier = conditions.get("Id")
        if isinstance(identifier, str) and len(conditions) == 1:
            item = self.find_one_by_id(identifier)
            return iter([item] if item else [])
        self._partition.refuse_owner(conditions)
        operation, request = self._search_request(conditions)
        return (self._visible(item) for item in search.read_pages(self._client, operation, request) if not unique.is_marker(item["Id"]["S"]))

    def _search_request(self, conditions: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        if self._partition.owner is None:
            return search.search_request(self._shape, conditions)
        return "Query", search.owned_request(self._shape, self._partition.owner, conditions)

    def _visible(self, attributes: dict[str, Any]) -> Item:
        item = {field: value for field, value in from_attributes(attributes).items() if not field.startswith(_OURS)}
        if self._partition.owner is not None:
            item.pop(OWNER, None)
        return item

    def _new_item(self, data: Mapping[str, Any], identifier: str | None) -> Item:
        if identifier is not None and not unique.is_item_id(identifier):
            raise InvalidArgumentError(f"{identifier!r} cannot be an Id")
        stamp = now_iso()
        fields = {field: value for field, value in self._checked(data).items() if value is not None}
        return {"Id": identifier or new_id(), **fields, "createdAt": stamp, "updatedAt": stamp}

    def _checked(self, data: Mapping[str, Any]) -> Item:
        declared = self._shape["fields"]
        data = self._partition.without_owner(data) if isinstance(data, dict) else data
        undeclared = _open(data) if self._shape.get("open") or not declared else {}
        checked = {**undeclared, **field_types.check(declared, data)}
        for field in self._key_fields.intersection(checked):
            if checked[field] == "":
                raise InvalidArgumentError(f"{field}: must not be empty, because the table is indexed by it")
        return {field: value for field, value in checked.items() if field not in field_types.SERVER_FIELDS}


def _open(data: object) -> Item:
    """A model without fields takes everything but what is DEEP's own."""
    if not isinstance(data, dict):
        raise InvalidArgumentError("an item is an object")
    to_attributes(data)  # refuses here what the table could not hold
    return {field: value for field, value in data.items() if not field.startswith(_OURS)}


def _check_limit(limit: object) -> None:
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise InvalidArgumentError("limit: a whole number of 1 or more is expected")
