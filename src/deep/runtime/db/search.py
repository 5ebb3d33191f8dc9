"""Finding items: which index serves a set of conditions, and the requests that read it page by page."""

from __future__ import annotations

from deep.runtime.db.expressions import Placeholders, condition, conjunction
from deep.runtime.db.partition import OWNER
from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from deep.runtime.dynamodb import TablesClient
    from deep.wire.config import IndexShape, TableShape


def choose_index(indexes: list[IndexShape], conditions: Mapping[str, Any]) -> IndexShape | None:
    """The index whose partition field must equal a value, best the one whose sort field is asked for too; None when all must be scanned."""

    def equals_a_value(field: str) -> bool:
        wanted = conditions.get(field)
        return wanted is not None and not isinstance(wanted, tuple)

    fitting = [index for index in indexes if equals_a_value(index["partition"])]
    return max(fitting, key=lambda index: _serves_sort(index, conditions), default=None)


def _serves_sort(index: IndexShape, conditions: Mapping[str, Any]) -> bool:
    """Key conditions know fewer operators than filters: neither absence, nor `<>`, nor `contains`."""
    return _serves_key(conditions.get(index.get("sort", "")))


def _serves_key(wanted: Any) -> bool:
    return wanted is not None and not (isinstance(wanted, tuple) and wanted[:1] in (("<>",), ("contains",)))


def search_request(table: TableShape, conditions: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """(operation, request) that finds the items meeting `conditions`: a Query where an index serves, else a Scan with a filter."""
    request: dict[str, Any] = {"TableName": table["name"]}
    if not conditions:
        return "Scan", request
    placeholders = Placeholders()
    remaining = dict(conditions)
    index = choose_index(table["indexes"], conditions)
    if index is not None:
        keys = [index["partition"]] + ([index["sort"]] if _serves_sort(index, conditions) else [])
        request["IndexName"] = index["name"]
        request["KeyConditionExpression"] = " AND ".join(condition(placeholders, key, remaining.pop(key)) for key in keys)
    if remaining:
        request["FilterExpression"] = conjunction(placeholders, remaining)
    return ("Query" if index else "Scan"), request | placeholders.members()


def owned_request(table: TableShape, owner: str, conditions: Mapping[str, Any]) -> dict[str, Any]:
    """The Query that finds those of `owner`'s items that meet `conditions`; never a Scan, which would read everybody's.

    An index of an own model is keyed by the owner and its partition field; everything else is a filter. Raises InvalidArgumentError for what no key
    condition can say of `Id`.
    """
    request: dict[str, Any] = {"TableName": table["name"]}
    placeholders = Placeholders()
    remaining = dict(conditions)
    keys = [condition(placeholders, OWNER, owner)]
    index = next((index for index in table["indexes"] if _serves_key(conditions.get(index["partition"]))), None)
    if index is not None:
        request["IndexName"] = index["name"]
        keys.append(condition(placeholders, index["partition"], remaining.pop(index["partition"])))
    elif "Id" in remaining:
        wanted = remaining.pop("Id")
        if not _serves_key(wanted):
            raise InvalidArgumentError("Id: a value, or a pair with one of =, <, <=, >, >=, begins_with is expected")
        keys.append(condition(placeholders, "Id", wanted))
    request["KeyConditionExpression"] = " AND ".join(keys)
    if remaining:
        request["FilterExpression"] = conjunction(placeholders, remaining)
    return request | placeholders.members()


def read_pages(client: TablesClient, operation: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item, in wire form, asking for the next page when the last one is used up."""
    while True:
        answer = client.call(operation, request)
        yield from answer["Items"]
        last = answer.get("LastEvaluatedKey")
        if not last:
            return
        request = {**request, "ExclusiveStartKey": last}
