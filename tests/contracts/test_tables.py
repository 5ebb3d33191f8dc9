"""`db` against the real table engine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deep.runtime.db.search import search_request
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.exceptions import ConflictError, InvalidArgumentError, ResourceNotFoundError, ValidationError
from tests.fakes.tables import client_of, create_table, table_shape

TODO = {"Title": "string", "Completed": "boolean", "Rank": "number", "Owner": "string", "Tags": "stringSet", "Place": {"Street": "string"}}


@pytest.fixture(scope="module")
def client(dynoxide: str) -> Iterator[DynamoDb]:
    client = client_of(dynoxide)
    yield client
    client.close()


def table_of(client: DynamoDb, fields: dict[str, Any], *indexes: tuple[str, str | None]) -> Table:
    shape = table_shape(fields, *indexes)
    create_table(client, shape)
    return Table(client, "Todo", shape)  # type: ignore[arg-type]


@pytest.fixture
def todos(client: DynamoDb) -> Table:
    return table_of(client, TODO, ("Owner", "createdAt"), ("Rank", None))


def test_create_gives_server_fields(todos: Table) -> None:
    """Parity 73."""
    todo = todos.create_item({"Title": "milk", "Completed": False})
    assert (todo["Title"], todo["Completed"]) == ("milk", False)
    assert todo["createdAt"] == todo["updatedAt"]
    assert todo["Id"][14] == "7"
    assert todos.find_one_by_id(todo["Id"]) == todo


def test_data_cannot_set_server_fields_or_undeclared_ones(todos: Table) -> None:
    todo = todos.create_item(
        {"Id": "mine", "createdAt": "1999-01-01", "_deepUnique": ["x"], "Admin": True, "Title": "milk", "Place": {"x": 1, "Street": "a"}}
    )
    assert set(todo) == {"Id", "Title", "Place", "createdAt", "updatedAt"}
    assert todo["Id"] != "mine"
    assert todo["Place"] == {"Street": "a"}
    changed = todos.update_item(todo["Id"], {"Id": "other", "createdAt": "1999", "Admin": True, "Title": "tea"})
    assert changed == {**todo, "Title": "tea", "updatedAt": changed["updatedAt"]}


def test_an_open_model_keeps_undeclared_fields(client: DynamoDb) -> None:
    shape = {**table_shape({"Title": "string"}), "open": True}
    create_table(client, shape)
    note = Table(client, "Note", shape).create_item({"Title": "a", "Colour": "red", "_deepUnique": ["Title"]})  # type: ignore[arg-type]
    assert set(note) == {"Id", "Title", "Colour", "createdAt", "updatedAt"}


def test_wrong_types_are_all_named(todos: Table) -> None:
    with pytest.raises(ValidationError) as caught:
        todos.create_item({"Title": 5, "Completed": "yes", "Rank": float("nan"), "Place": {"Street": []}, "Tags": [1]})
    assert {error["path"] for error in caught.value.errors} == {"Title", "Completed", "Rank", "Place.Street", "Tags"}


def test_a_chosen_id_is_not_overwritten(todos: Table) -> None:
    todos.create_item({"Title": "first"}, item_id="k1")
    with pytest.raises(ConflictError):
        todos.create_item({"Title": "second"}, item_id="k1")
    assert todos.find_one_by("Id", "k1")["Title"] == "first"  # type: ignore[index]


def test_update_changes_named_fields_and_removes_none(todos: Table) -> None:
    """Parity 75."""
    todo = todos.create_item({"Title": "milk", "Rank": 1, "Tags": ["a", "b"]})
    changed = todos.update_item(todo["Id"], {"Rank": None, "Title": "tea", "Tags": []})
    assert changed == {"Id": todo["Id"], "Title": "tea", "createdAt": todo["createdAt"], "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] >= todo["updatedAt"]


@pytest.mark.parametrize("item_id", ["missing", "", None, 5, {"a": 1}])
def test_update_never_creates(todos: Table, item_id: Any) -> None:
    with pytest.raises(ResourceNotFoundError):
        todos.update_item(item_id, {"Title": "ghost"})
    assert todos.find_all() == []


def test_conditional_update(todos: Table) -> None:
    """Parity 75."""
    todo = todos.create_item({"Title": "milk", "Rank": 1})
    assert todos.update_item_conditional(todo["Id"], {"Rank": 2}, {"Rank": 1, "Owner": None})["Rank"] == 2
    with pytest.raises(ConflictError):
        todos.update_item_conditional(todo["Id"], {"Rank": 3}, {"Rank": 1})
    with pytest.raises(ResourceNotFoundError):
        todos.update_item_conditional("missing", {"Rank": 3}, {"Rank": 1})
    assert todos.update_item_conditional(todo["Id"], {"Rank": 3}, {"Rank": ("<", 3)})["Rank"] == 3


def test_delete_is_idempotent(todos: Table) -> None:
    """Parity 75."""
    todo = todos.create_item({"Title": "milk"})
    assert [todos.delete_by_id(todo["Id"]), todos.delete_by_id(todo["Id"]), todos.delete_by_id("")] == [True, False, False]
    assert todos.find_one_by_id(todo["Id"]) is None


def test_conditional_delete(todos: Table) -> None:
    """Parity 75."""
    todo = todos.create_item({"Title": "milk", "Completed": False})
    with pytest.raises(ConflictError):
        todos.delete_by_id_conditional(todo["Id"], {"Completed": True})
    assert todos.delete_by_id_conditional(todo["Id"], {"Completed": False}) is True
    assert todos.delete_by_id_conditional(todo["Id"], {"Completed": False}) is False


def test_finders(todos: Table) -> None:
    """Parity 74."""
    made = [todos.create_item({"Title": f"t{number % 3}", "Rank": number, "Owner": "me", "Completed": number > 6}) for number in range(10)]
    titled = [todo["Id"] for todo in made if todo["Title"] == "t1"]
    assert {todo["Id"] for todo in todos.find_all_by("Title", "t1")} == set(titled)
    assert len(todos.find_by("Title", "t1", 2)) == 2
    assert todos.find_one_by("Rank", 4) == made[4]
    assert todos.find_one_by("Title", "none") is None
    assert [todo["Rank"] for todo in todos.find_all_by("Owner", "me")] == list(range(10)), "an index answers in the order of its sort field"
    assert {todo["Rank"] for todo in todos.find_all_matching({"Owner": "me", "Completed": True, "Rank": (">=", 8)})} == {8, 9}
    assert len(todos.find_matching({"Completed": False})) == 7
    assert todos.find_by("Owner", "") == []


def test_an_index_is_queried_not_scanned(todos: Table) -> None:
    """Parity 80."""
    shape = todos._shape
    assert search_request(shape, {"Owner": "me"})[0] == "Query"
    assert search_request(shape, {"Owner": "me", "Title": "x"})[0] == "Query"
    assert search_request(shape, {"Title": "x"})[0] == "Scan"
    assert search_request(shape, {"Owner": (">", "me")})[0] == "Scan"


def test_pages_cover_the_table_once(todos: Table) -> None:
    """Parity 74."""
    made = {todos.create_item({"Title": "x"})["Id"] for _ in range(23)}
    todos.create_unique_on_fields(["Title"], {"Title": "unique"})
    seen: list[str] = []
    cursor: str | None = None
    sizes = []
    while True:
        page = todos.find_all_paginated(cursor, 5)
        seen += [item["Id"] for item in page.items]
        sizes.append(len(page.items))
        cursor = page.next_key
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 24
    assert made < set(seen)
    assert set(sizes[:4]) == {5}


@pytest.mark.parametrize("cursor", ["!!", "e30=", "\x00", "a", "ÿ", 5])
def test_forged_cursors_are_refused_or_harmless(todos: Table, cursor: Any) -> None:
    try:
        page = todos.find_all_paginated(cursor, 5)
    except InvalidArgumentError:
        return
    assert page.items == []


def test_find_all_reads_every_page(client: DynamoDb) -> None:
    """Parity 74. DynamoDB's pages end at 1 MB."""
    notes = table_of(client, {"Text": "string"})
    for _ in range(9):
        notes.create_item({"Text": "x" * 300_000})
    assert len(notes.find_all()) == 9
    assert len(notes.find_all_by("Text", "x" * 300_000)) == 9


def test_unique_fields_are_unique(todos: Table) -> None:
    """Parity 80."""
    first = todos.create_unique_on_fields(["Owner", "Title"], {"Owner": "me", "Title": "milk"})
    with pytest.raises(ConflictError, match="Owner, Title"):
        todos.create_unique_on_fields(["Owner", "Title"], {"Owner": "me", "Title": "milk"})
    second = todos.create_unique_on_fields(["Owner", "Title"], {"Owner": "you", "Title": "milk"})
    assert {item["Id"] for item in todos.find_all()} == {first["Id"], second["Id"]}
    assert "_deepUnique" not in (todos.find_one_by_id(first["Id"]) or {})
    with pytest.raises(InvalidArgumentError):
        todos.create_unique_on_fields(["Owner"], {"Title": "milk"})


def test_updates_move_uniqueness(todos: Table) -> None:
    """Parity 80."""
    first = todos.create_unique_on_fields(["Title"], {"Title": "a"})
    second = todos.create_unique_on_fields(["Title"], {"Title": "b"})
    with pytest.raises(ConflictError):
        todos.update_item(second["Id"], {"Title": "a"})
    assert todos.find_one_by_id(second["Id"]) == second
    assert todos.update_item(first["Id"], {"Title": "c", "Rank": 5})["Title"] == "c"
    assert todos.update_item(second["Id"], {"Title": "a"})["Title"] == "a"
    assert todos.update_item(second["Id"], {"Rank": 6})["Rank"] == 6
    with pytest.raises(ConflictError):
        todos.create_unique_on_fields(["Title"], {"Title": "c"})
    with pytest.raises(ConflictError):
        todos.update_item_conditional(second["Id"], {"Rank": 7}, {"Rank": 1})


def test_deletes_free_uniqueness(todos: Table) -> None:
    """Parity 80."""
    first = todos.create_unique_on_fields(["Title"], {"Title": "a"})
    with pytest.raises(ConflictError):
        todos.delete_by_id_conditional(first["Id"], {"Title": "z"})
    assert todos.delete_by_id(first["Id"]) is True
    assert todos.delete_by_id(first["Id"]) is False
    assert todos.create_unique_on_fields(["Title"], {"Title": "a"})["Title"] == "a"
    assert len(todos.find_all()) == 1


def test_uniqueness_is_atomic(todos: Table) -> None:
    """Parity 80: of many creators at once, one succeeds."""

    def create(number: int) -> bool:
        try:
            todos.create_unique_on_fields(["Owner"], {"Owner": "same", "Rank": number})
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(create, range(64))) == 1
    assert len(todos.find_all()) == 1


def test_markers_are_out_of_reach(todos: Table) -> None:
    todos.create_unique_on_fields(["Title"], {"Title": "a"})
    rows = todos._client.call("Scan", {"TableName": todos._name})["Items"]
    [marker] = [row["Id"]["S"] for row in rows if row["Id"]["S"].startswith("deep:unique:")]
    assert todos.find_one_by_id(marker) is None
    assert todos.delete_by_id(marker) is False
    with pytest.raises(ResourceNotFoundError):
        todos.update_item(marker, {"Title": "x"})
    with pytest.raises(InvalidArgumentError):
        todos.create_item({"Title": "x"}, item_id=marker)


RESERVED = [
    "ABORT",
    "NAME",
    "Status",
    "size",
    "SET",
    "REMOVE",
    "#0",
    ":0",
    "a.b",
    "a[0]",
    "x = :0 OR attribute_exists(Id)",
    "ключ",
    " ",
    "'",
    '"',
    "\\",
]


@pytest.mark.parametrize("field", RESERVED)
def test_names_are_never_expressions(client: DynamoDb, field: str) -> None:
    """Threat D9: reserved words and payloads as field names and values mean nothing."""
    table = table_of(client, {})
    table.create_item({"Title": "other"})
    item = table.create_item({field: "#0 = :0"})
    assert item[field] == "#0 = :0"
    assert table.find_all_by(field, "#0 = :0") == [item]
    assert table.update_item(item["Id"], {field: "OR"})[field] == "OR"
    assert table.find_all_by(field, "x OR 1=1") == []
    assert table.delete_by_id_conditional(item["Id"], {field: "OR"}) is True


@pytest.fixture(scope="module")
def open_table(client: DynamoDb) -> Table:
    return table_of(client, {})


PLAIN = st.none() | st.booleans() | st.integers(-(10**38) + 1, 10**38 - 1) | st.text(max_size=20)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12)
NAMES = st.text(min_size=1, max_size=12).filter(lambda name: not name.startswith("_deep") and name not in ("Id", "createdAt", "updatedAt"))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(NAMES, VALUES, max_size=5))
def test_values_come_back_as_they_went(open_table: Table, data: dict[str, Any]) -> None:
    item = open_table.create_item(data)
    assert open_table.find_one_by_id(item["Id"]) == item
    assert {name: item.get(name) for name in data} == data


def test_integers_keep_every_digit_and_their_kind(open_table: Table) -> None:
    """Precision of 38 digits; 1.0 is kept as the number 1."""
    data = {"big": 10**38 - 1, "small": -(10**37), "float": 0.1, "whole": 1.0, "tiny": 1e-100}
    item = open_table.find_one_by_id(open_table.create_item(data)["Id"]) or {}
    assert {name: item[name] for name in data} == data
    assert [type(item[name]) for name in data] == [int, int, float, int, float]
    with pytest.raises(InvalidArgumentError):
        open_table.create_item({"x": 10**38})
    with pytest.raises(InvalidArgumentError):
        open_table.create_item({"x": "\ud800"})


def test_too_large_an_item_is_the_callers_mistake(open_table: Table) -> None:
    with pytest.raises(InvalidArgumentError):
        open_table.create_item({"x": "y" * 500_000})


def test_empty_index_keys_are_refused(todos: Table) -> None:
    with pytest.raises(InvalidArgumentError, match="Owner"):
        todos.create_item({"Owner": ""})
