"""What a verb of `uses` grants is what the methods it stands for do: the table client runs, its calls are noted, and nothing is lacking or too much.

Each method runs against the real table engine as it runs in functions; what its calls need is compared with the compiled documents. Parity 88.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from deep.model import App, Index, Model, Uses, Verb
from deep.names import CloudNames
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.exceptions import ConflictError
from deep.security.function_policy import data_document, function_document
from deep.security.needs import Tables
from tests.fakes.apps import HERE, action_of, app_of
from tests.fakes.tables import REGION, client_of, create_table, table_shape

ACCOUNT, OWNER = "123456789012", "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"
FIELDS = {"Title": "string", "Code": "string", "Rank": "number", "Colour": "string"}
Pair = tuple[str, str]

METHODS: dict[Verb, list[Callable[[Table, str], Any]]] = {
    "create": [lambda table, _: table.create_item({"Title": "new"})],
    "unique": [lambda table, _: table.create_unique_on_fields(["Code"], {"Code": "unlike"})],
    "get": [lambda table, item_id: table.find_one_by_id(item_id), lambda table, item_id: table.find_by("Id", item_id)],
    "list": [
        lambda table, _: table.find_all(),
        lambda table, _: table.find_all_paginated(None, 1),
        lambda table, _: table.find_by("Title", "old"),
        lambda table, _: table.find_all_matching({"Title": "old"}),
    ],
    "find": [
        lambda table, _: table.find_by("Code", "a"),
        lambda table, _: table.find_one_by("Colour", "red"),
        lambda table, _: table.find_matching({"Colour": "red", "Rank": 1}),
    ],
    "update": [
        lambda table, item_id: table.update_item(item_id, {"Title": "changed"}),
        lambda table, item_id: table.update_item(item_id, {"Code": "c"}),
        lambda table, item_id: table.update_item_conditional(item_id, {"Title": "again"}, {"Code": "c"}),
        lambda table, item_id: table.update_item_conditional(item_id, {"Title": "never"}, {"Title": "nobody's"}),
    ],
    "delete": [
        lambda table, item_id: table.delete_by_id_conditional(item_id, {"Title": "nobody's"}),
        lambda table, item_id: table.delete_by_id(item_id),
    ],
}
"""Every method that a verb stands for, with arguments that take it through all that it does."""


class Noting:
    """A table client that passes calls on, and notes what each needs of IAM."""

    def __init__(self, client: DynamoDb, tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self.needed: set[Pair] = set()

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.needed |= {(access.action, access.resource) for access in self._tables.accesses(operation, request)}
        return self._client.call(operation, request)


@pytest.fixture(scope="module")
def client(dynoxide: str) -> Iterator[DynamoDb]:
    client = client_of(dynoxide)
    yield client
    client.close()


def granted(app: App, names: CloudNames) -> set[Pair]:
    """What the function's two roles allow on tables and indexes."""
    action = app.action("deep.todo:task:do")
    documents = (function_document(app, action, names), data_document(app, action, names))
    return {
        (one, resource)
        for document in documents
        if document
        for statement in document.statements
        for one in statement.actions
        for resource in statement.resources
        if one.startswith("dynamodb:")
    }


@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
@pytest.mark.parametrize("unique", [False, True], ids=["plain", "unique"])
@pytest.mark.parametrize("verb", METHODS)
def test_a_verb_grants_what_its_methods_do(client: DynamoDb, verb: Verb, unique: bool, own: bool) -> None:
    names = CloudNames("dev", uuid4().hex[:8], ACCOUNT, REGION)
    shape = {**table_shape(FIELDS, ("Code", None), ("Colour", "Rank")), "name": names.table("Note", own=own), "own": own}
    create_table(client, shape)
    indexes = tuple(Index(one["name"], one["partition"], one.get("sort")) for one in shape["indexes"])
    uses = Uses({"Note": frozenset({verb})}, (), (), HERE)
    elsewhere = Uses({"Note": frozenset({"unique"})} if unique else {}, (), (), HERE)
    app = app_of(Model("Note", FIELDS, indexes, {}, HERE, own), action_of("do", declared_uses=uses), action_of("other", declared_uses=elsewhere))
    noting = Noting(client, Tables(names.table_arn("x").rpartition("/")[0] + "/", {names.table("Note", own=own): "Owner" if own else "Id"}))
    prepared, table = (Table(through, "Note", shape, OWNER if own else None) for through in (client, noting))  # type: ignore[arg-type]
    item = {"Title": "old", "Code": "a", "Colour": "red", "Rank": 1}
    kept = prepared.create_unique_on_fields(["Code"], item) if unique else prepared.create_item(item)
    for method in METHODS[verb]:
        with suppress(ConflictError):  # of a condition that does not hold; it takes more calls to tell
            method(table, kept["Id"])
    assert noting.needed == granted(app, names)
