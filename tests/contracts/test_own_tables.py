"""Own models against the real table engine: no method, with no argument, reaches another user's items."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from deep.runtime.db.cursor import write_cursor
from deep.runtime.db.partition import Partition
from deep.runtime.db.service import Caller, Db
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.exceptions import ConflictError, InvalidArgumentError, MissingUserContextError, ResourceNotFoundError
from tests.fakes.tables import client_of, create_table, table_shape

ALICE = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"
BOB = "us-east-1:bbbbbbbb-0000-4000-8000-000000000002"
NOTE = {"Title": "string", "Rank": "number", "Colour": "string", "Owner": "string"}


@pytest.fixture(scope="module")
def client(dynoxide: str) -> Iterator[DynamoDb]:
    client = client_of(dynoxide)
    yield client
    client.close()


@pytest.fixture
def shape(client: DynamoDb) -> dict[str, Any]:
    shape = {**table_shape(NOTE, ("Colour", "Rank"), ("Rank", None)), "own": True}
    create_table(client, shape)
    return shape


@pytest.fixture
def alice(client: DynamoDb, shape: dict[str, Any]) -> Table:
    return Table(client, "Note", shape, ALICE)  # type: ignore[arg-type]


@pytest.fixture
def bob(client: DynamoDb, shape: dict[str, Any]) -> Table:
    return Table(client, "Note", shape, BOB)  # type: ignore[arg-type]


def rows(client: DynamoDb, shape: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row, as the engine keeps it, in one order."""
    found: list[dict[str, Any]] = client.call("Scan", {"TableName": shape["name"]})["Items"]
    return sorted(found, key=lambda row: (row["Owner"]["S"], row["Id"]["S"]))


def bobs_secret(bob: Table) -> dict[str, Any]:
    bob.create_item({"Title": "other"})
    return bob.create_unique_on_fields(["Title"], {"Title": "secret", "Colour": "red", "Rank": 1})


READS: dict[str, Callable[[Table, str], Any]] = {
    "find_one_by_id": lambda notes, item_id: notes.find_one_by_id(item_id),
    "find_all": lambda notes, item_id: notes.find_all(),
    "find_all_paginated": lambda notes, item_id: notes.find_all_paginated(limit=100).items,
    "find_all_paginated, cursor of the item": lambda notes, item_id: notes.find_all_paginated(write_cursor({"Id": {"S": item_id}}), 5).items,
    "find_all_paginated, cursor of the owner": lambda notes, item_id: notes.find_all_paginated(write_cursor({"Id": {"S": "0"}}, BOB), 5).items,
    "find_all_paginated, cursor with a forged mark": lambda notes, item_id: (
        notes.find_all_paginated(write_cursor({"Id": {"S": "0"}}, ALICE), 5).items
    ),
    "find_by, index": lambda notes, item_id: notes.find_by("Colour", "red"),
    "find_by, Id": lambda notes, item_id: notes.find_by("Id", item_id),
    "find_by, filter": lambda notes, item_id: notes.find_by("Title", "secret"),
    "find_by, owner": lambda notes, item_id: notes.find_by("Owner", BOB),
    "find_one_by": lambda notes, item_id: notes.find_one_by("Title", "secret"),
    "find_all_by, numbers": lambda notes, item_id: notes.find_all_by("Rank", 1),
    "find_all_by, owner": lambda notes, item_id: notes.find_all_by("Owner", BOB),
    "find_matching, operators": lambda notes, item_id: notes.find_matching({"Id": (">=", "0"), "Colour": ("begins_with", "r")}),
    "find_matching, owner": lambda notes, item_id: notes.find_matching({"Owner": ("<>", ALICE)}),
    "find_all_matching": lambda notes, item_id: notes.find_all_matching({"Colour": "red", "Rank": ("<", 9), "Id": item_id}),
    "find_all_matching, all Ids": lambda notes, item_id: notes.find_all_matching({"Id": ("begins_with", ""), "Title": "secret"}),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_nobody_reads_anothers_items(alice: Table, bob: Table, read: Callable[[Table, str], Any]) -> None:
    """Parity 79."""
    secret = bobs_secret(bob)
    try:
        assert not read(alice, secret["Id"])
    except InvalidArgumentError:
        return  # refused outright


WRITES: dict[str, Callable[[Table, str], Any]] = {
    "create_item, same Id": lambda notes, item_id: notes.create_item({"Title": "x"}, item_id=item_id),
    "create_item, owner in data": lambda notes, item_id: notes.create_item({"Title": "x", "Owner": BOB}, item_id=item_id),
    "create_unique_on_fields": lambda notes, item_id: notes.create_unique_on_fields(["Title"], {"Title": "secret", "Owner": BOB}),
    "update_item": lambda notes, item_id: notes.update_item(item_id, {"Title": "x"}),
    "update_item, owner": lambda notes, item_id: notes.update_item(item_id, {"Title": "x", "Owner": BOB}),
    "update_item_conditional": lambda notes, item_id: notes.update_item_conditional(item_id, {"Title": "x"}, {"Title": "secret"}),
    "update_item_conditional, owner": lambda notes, item_id: notes.update_item_conditional(item_id, {"Title": "x"}, {"Owner": BOB}),
    "delete_by_id": lambda notes, item_id: notes.delete_by_id(item_id),
    "delete_by_id_conditional": lambda notes, item_id: notes.delete_by_id_conditional(item_id, {"Title": "secret"}),
    "delete_by_id_conditional, owner": lambda notes, item_id: notes.delete_by_id_conditional(item_id, {"Owner": BOB}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nobody_writes_anothers_items(client: DynamoDb, shape: dict[str, Any], alice: Table, bob: Table, write: Callable[[Table, str], Any]) -> None:
    """Parity 79."""
    secret = bobs_secret(bob)
    before = rows(client, shape)
    with suppress(ResourceNotFoundError, InvalidArgumentError):
        write(alice, secret["Id"])
    kept = [row for row in rows(client, shape) if row["Owner"]["S"] == BOB]
    assert kept == before
    assert {row["Owner"]["S"] for row in rows(client, shape)} <= {ALICE, BOB}


@pytest.mark.parametrize("write", [write for name, write in WRITES.items() if "owner" in name], ids=[name for name in WRITES if "owner" in name])
def test_data_never_says_whose_an_item_is(client: DynamoDb, shape: dict[str, Any], alice: Table, write: Callable[[Table, str], Any]) -> None:
    mine = alice.create_item({"Title": "secret"})
    with suppress(ConflictError, InvalidArgumentError):
        write(alice, mine["Id"])
    assert {row["Owner"]["S"] for row in rows(client, shape)} == {ALICE}


def test_everything_works_on_ones_own_items(alice: Table, bob: Table) -> None:
    """Parity 79: the same titles, colours and Ids, side by side."""
    bobs = bobs_secret(bob)
    mine = alice.create_unique_on_fields(["Title"], {"Title": "secret", "Colour": "red", "Rank": 1})
    assert alice.find_one_by_id(mine["Id"]) == mine
    assert "Owner" not in mine
    assert alice.find_all() == alice.find_all_by("Colour", "red") == alice.find_all_by("Rank", 1) == alice.find_by("Title", "secret") == [mine]
    assert alice.find_all_matching({"Colour": "red", "Rank": ("<", 2)}) == alice.find_all_matching({"Id": mine["Id"], "Rank": 1}) == [mine]
    assert alice.find_all_matching({"Colour": "red", "Rank": ("<", 1)}) == []
    with pytest.raises(ConflictError):
        alice.create_unique_on_fields(["Title"], {"Title": "secret"})
    changed = alice.update_item_conditional(mine["Id"], {"Title": "open", "Rank": 2}, {"Rank": 1})
    assert (changed["Title"], changed["Rank"]) == ("open", 2)
    assert alice.create_unique_on_fields(["Title"], {"Title": "secret"})["Title"] == "secret"
    assert alice.delete_by_id(mine["Id"]) is True
    assert alice.create_item({"Title": "x"}, item_id=bobs["Id"])["Title"] == "x"
    assert bob.find_one_by_id(bobs["Id"]) == bobs


def test_pages_cover_ones_own_items_once(alice: Table, bob: Table) -> None:
    made = {alice.create_item({"Title": str(number)})["Id"] for number in range(11)}
    bobs_secret(bob)
    alice.create_unique_on_fields(["Title"], {"Title": "unique"})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = alice.find_all_paginated(cursor, 3)
        seen += [item["Id"] for item in page.items]
        cursor = page.next_key
        if cursor is None:
            break
        with pytest.raises(InvalidArgumentError):
            bob.find_all_paginated(cursor)
    assert len(seen) == 12
    assert made < set(seen)


def test_without_an_identity_there_are_no_own_items(client: DynamoDb, shape: dict[str, Any], bob: Table) -> None:
    bobs_secret(bob)
    db = Db(client, {"Note": shape})  # type: ignore[dict-item]
    with pytest.raises(MissingUserContextError):
        db.get("Note")
    assert Db(client, {"Note": shape}, Caller(BOB, client)).get("Note").find_one_by("Title", "secret") is not None  # type: ignore[dict-item]


def test_an_open_own_model_keeps_no_owner_of_the_callers(client: DynamoDb) -> None:
    shape = {**table_shape({}), "own": True, "open": True}
    create_table(client, shape)
    Table(client, "Note", shape, ALICE).create_item({"Owner": BOB, "Colour": "red"})  # type: ignore[arg-type]
    [row] = client.call("Scan", {"TableName": shape["name"]})["Items"]
    assert row["Owner"] == {"S": ALICE}


def test_an_id_search_that_no_key_can_serve_is_refused(alice: Table) -> None:
    for wanted in (("contains", "a"), ("<>", "a"), None):
        with pytest.raises(InvalidArgumentError, match="Id"):
            alice.find_all_matching({"Id": wanted})


def test_keys_differ_by_owner() -> None:
    assert Partition(ALICE).key("1") != Partition(BOB).key("1")
