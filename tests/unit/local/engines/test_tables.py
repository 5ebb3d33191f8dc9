"""Tables come to be as the models ask, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deep.errors import EnvironmentProblem
from deep.local.engines.child import Household
from deep.local.engines.dynamodb_http import DynamoDbHttp
from deep.local.engines.dynoxide import Dynoxide, find_binary
from deep.local.engines.tables import TableChanges, reconcile_tables
from tests.fakes.sandboxes import ignore

pytestmark = pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")


@pytest.fixture
async def endpoint(tmp_path: Path) -> AsyncIterator[str]:
    household = Household()
    engine = Dynoxide(find_binary() or Path(), tmp_path, household, ignore)
    await engine.start()
    yield engine.endpoint
    await engine.stop()
    await household.close()


SHARED, OWN = "DeepDevNote1234abcd", "DeepDevNote-own1234abcd"


def table(name: str, **indexes: str) -> dict[str, Any]:
    """A definition keyed by `Id`; `indexes` map an index's name to the field it is keyed by."""
    fields = ["Id", *dict.fromkeys(indexes.values())]
    made: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": "S"} for field in fields],
    }
    if indexes:
        made["GlobalSecondaryIndexes"] = [
            {"IndexName": index, "KeySchema": [{"AttributeName": field, "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
            for index, field in indexes.items()
        ]
    return made


async def test_missing_tables_are_created_once(endpoint: str) -> None:
    definitions = [table("Todo"), table("User", byMail="Email")]
    made = await reconcile_tables(DynamoDbHttp(endpoint), definitions)
    assert made.done == (("create", "Todo", ""), ("create", "User", ""))
    assert list(made.lines()) == [], "of new tables nobody needs to be told"
    again = await reconcile_tables(DynamoDbHttp(endpoint), definitions)
    assert again == TableChanges((), ())


async def test_a_new_index_is_added_over_the_items_there_are(endpoint: str) -> None:
    await reconcile_tables(DynamoDbHttp(endpoint), [table("User")])
    client = DynamoDbHttp(endpoint)
    await client.call("PutItem", {"TableName": "User", "Item": {"Id": {"S": "1"}, "Email": {"S": "a@b"}, "Town": {"S": "Rome"}}})
    changes = await reconcile_tables(DynamoDbHttp(endpoint), [table("User", byMail="Email", byTown="Town")])
    assert changes.done == (("add-index", "User", "byMail"), ("add-index", "User", "byTown"))
    query = {"TableName": "User", "KeyConditionExpression": "Town = :t", "ExpressionAttributeValues": {":t": {"S": "Rome"}}}
    assert (await client.call("Query", {**query, "IndexName": "byTown"}))["Count"] == 1


async def test_a_table_that_no_model_asks_for_is_kept_and_an_index_goes(endpoint: str) -> None:
    await reconcile_tables(DynamoDbHttp(endpoint), [table("Old"), table("User", byMail="Email")])
    client = DynamoDbHttp(endpoint)
    await client.call("PutItem", {"TableName": "Old", "Item": {"Id": {"S": "1"}}})
    changes = await reconcile_tables(client, [table("User")])
    assert changes == TableChanges((("drop-index", "User", "byMail"),), ())
    assert list(changes.lines()) == ["index byMail was dropped from table User"]
    assert (await client.call("Scan", {"TableName": "Old"}))["Count"] == 1


async def test_an_index_with_other_keys_is_made_anew(endpoint: str) -> None:
    await reconcile_tables(DynamoDbHttp(endpoint), [table("User", lookup="Email")])
    client = DynamoDbHttp(endpoint)
    await client.call("PutItem", {"TableName": "User", "Item": {"Id": {"S": "1"}, "Town": {"S": "Rome"}}})
    changes = await reconcile_tables(client, [table("User", lookup="Town")])
    assert changes.done == (("drop-index", "User", "lookup"), ("add-index", "User", "lookup"))
    query = {"TableName": "User", "KeyConditionExpression": "Town = :t", "ExpressionAttributeValues": {":t": {"S": "Rome"}}}
    assert (await client.call("Query", {**query, "IndexName": "lookup"}))["Count"] == 1


async def test_more_tables_than_a_page_are_all_seen(endpoint: str) -> None:
    definitions = [table(f"Table{number:03}") for number in range(120)]
    assert len((await reconcile_tables(DynamoDbHttp(endpoint), definitions)).done) == 120
    assert (await reconcile_tables(DynamoDbHttp(endpoint), definitions)).done == ()


async def test_a_refused_definition_is_an_environment_problem(endpoint: str) -> None:
    with pytest.raises(EnvironmentProblem, match="tables could not be made ready"):
        await reconcile_tables(DynamoDbHttp(endpoint), [table("x")])


async def test_no_engine_is_an_environment_problem() -> None:
    with pytest.raises(EnvironmentProblem):
        await reconcile_tables(DynamoDbHttp("http://127.0.0.1:9"), [table("User")])


def own_table(name: str, **indexes: str) -> dict[str, Any]:
    """The same of an own model."""
    made = table(name, **indexes)
    made["KeySchema"] = [{"AttributeName": "Owner", "KeyType": "HASH"}, {"AttributeName": "Id", "KeyType": "RANGE"}]
    made["AttributeDefinitions"].append({"AttributeName": "Owner", "AttributeType": "S"})
    return made


async def rows(client: DynamoDbHttp, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.call("Scan", {"TableName": name}))["Items"]
    return sorted(found, key=lambda row: (row["Id"]["S"], str(row)))


async def test_a_model_that_becomes_own_and_back_keeps_every_row_as_it_was(endpoint: str) -> None:
    """What a shared row's field `Owner` held makes nobody its owner."""
    client = DynamoDbHttp(endpoint)
    await reconcile_tables(client, [table(SHARED, byTitle="Title")])
    for number in range(60):
        row = {"Id": {"S": str(number)}, "Title": {"S": "milk"}, "Owner": {"S": "us-east-1:somebody"}, "Tags": {"SS": ["a", "b"]}}
        await client.call("PutItem", {"TableName": SHARED, "Item": row})
    before = await rows(client, SHARED)
    changes = await reconcile_tables(client, [own_table(OWN, byTitle="Title")])
    assert changes.done == (("move", OWN, ""), ("add-index", OWN, "byTitle"))
    assert {row["Owner"]["S"] for row in await rows(client, OWN)} == {"nobody"}
    await reconcile_tables(client, [table(SHARED, byTitle="Title")])
    assert await rows(client, SHARED) == before
    assert (await client.call("ListTables", {}))["TableNames"] == [SHARED]


async def test_rows_of_two_owners_that_would_be_one_are_kept_apart(endpoint: str) -> None:
    client = DynamoDbHttp(endpoint)
    await reconcile_tables(client, [own_table(OWN)])
    for owner in ("a", "b"):
        await client.call("PutItem", {"TableName": OWN, "Item": {"Owner": {"S": owner}, "Id": {"S": "settings"}}})
    (problem,) = (await reconcile_tables(client, [table(SHARED)])).problems
    assert problem.code == "rows-collide"
    assert "settings" in problem.message
    assert sorted(row["Owner"]["S"] for row in await rows(client, OWN)) == ["a", "b"]
