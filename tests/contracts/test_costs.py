"""What a plan foresees of tables, what a run is seen to ask of them, and what the engine itself says it used: the same units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from deep.cost.events import TableCall, units_of
from deep.cost.observed import item_bytes, table_calls_of
from deep.cost.tables import Table as Foreseen
from deep.cost.tables import table_calls
from deep.model import Verb
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import ConditionFailedError, DynamoDb
from tests.fakes.tables import client_of, create_table, table_shape

FIELDS = {"Title": "string", "Rank": "number", "Colour": "string"}
ITEM = {"Title": "t" * 1200, "Rank": 12345, "Colour": "red"}


class Watched:
    """A client that notes each call with its answer, as a meter beside the platform sees it, and the capacity that the engine says it took."""

    def __init__(self, client: DynamoDb, indexes: Mapping[str, int]) -> None:
        self._client = client
        self._indexes = indexes
        self.calls: list[TableCall] = []
        self.engine: Counter[str] = Counter()

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._client.call(operation, {**request, "ReturnConsumedCapacity": "INDEXES"})
        except ConditionFailedError as failure:
            self.calls += table_calls_of(operation, request, {"Item": failure.item}, {})
            raise
        self.calls += table_calls_of(operation, request, answer, self._indexes)
        consumed = answer.pop("ConsumedCapacity", [])
        for one in consumed if isinstance(consumed, list) else [consumed]:
            kind = "writes" if operation not in ("GetItem", "Query", "Scan") else "reads"
            self.engine[f"dynamodb.{kind}"] += int(one["CapacityUnits"] * (1 if kind == "writes" else 2))
        return answer


@pytest.fixture(scope="module")
def client(dynoxide: str) -> Iterator[DynamoDb]:
    client = client_of(dynoxide)
    yield client
    client.close()


def counted(calls: Iterable[TableCall]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in (one for call in calls for one in units_of(call)):
        found[one.key] += one.quantity
    return found


def watched_table(client: DynamoDb, *indexes: tuple[str, str | None]) -> tuple[Table, Watched]:
    shape = table_shape(FIELDS, *indexes)
    create_table(client, shape)
    watched = Watched(client, {shape["name"]: len(indexes)})
    return Table(watched, "Todo", shape), watched  # type: ignore[arg-type]


PLAIN: dict[Verb, Callable[[Table, str], object]] = {
    "create": lambda table, _: table.create_item(ITEM),
    "get": lambda table, item_id: table.find_one_by_id(item_id),
    "list": lambda table, _: table.find_all(),
    "find": lambda table, _: table.find_by("Colour", "red"),
    "update": lambda table, item_id: table.update_item(item_id, {"Title": "u" * 1200}),
    "delete": lambda table, item_id: table.delete_by_id(item_id),
}


@pytest.mark.parametrize("indexes", [(("Colour", None),), (("Colour", None), ("Rank", None))], ids=["one index", "two indexes"])
@pytest.mark.parametrize("verb", PLAIN)
def test_plan_run_and_engine_count_a_method_alike(client: DynamoDb, verb: Verb, indexes: tuple[tuple[str, str | None], ...]) -> None:
    table, watched = watched_table(client, *indexes)
    items = [table.create_item(ITEM) for _ in range(7)]
    size = item_bytes(_wire(client, table, items[0]["Id"]))
    watched.calls.clear()
    watched.engine.clear()
    PLAIN[verb](table, items[0]["Id"])
    foreseen = table_calls(verb, Foreseen(size, len(items), len(indexes)))
    assert counted(watched.calls) == counted(foreseen)
    assert counted(watched.calls) == watched.engine


SMALL = {**ITEM, "Title": "small"}
"""What a transaction deletes is not seen on the wire; of an item below 1 KB the least is all the same right."""
UNIQUE: dict[Verb, Callable[[Table, str], object]] = {
    "unique": lambda table, _: table.create_unique_on_fields(["Colour"], {**SMALL, "Colour": "blue"}),
    "update": lambda table, item_id: table.update_item(item_id, {"Title": "other"}),
    "delete": lambda table, item_id: table.delete_by_id(item_id),
}


@pytest.mark.parametrize("verb", UNIQUE)
def test_plan_and_run_count_unique_items_alike(client: DynamoDb, verb: Verb) -> None:
    table, watched = watched_table(client)
    item = table.create_unique_on_fields(["Colour"], SMALL)
    size = item_bytes(_wire(client, table, item["Id"]))
    watched.calls.clear()
    UNIQUE[verb](table, item["Id"])
    assert counted(watched.calls) == counted(table_calls(verb, Foreseen(size, 1, is_unique=True)))


def _wire(client: DynamoDb, table: Table, item_id: str) -> dict[str, Any]:
    return client.call("GetItem", {"TableName": table._name, "Key": {"Id": {"S": item_id}}})["Item"]  # type: ignore[no-any-return]
