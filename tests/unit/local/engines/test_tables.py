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
from deep.local.engines.tables import reconcile_tables
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
    assert (await reconcile_tables(endpoint, definitions)).created == ("Todo", "User")
    again = await reconcile_tables(endpoint, definitions)
    assert (again.created, again.indexed, again.problems) == ((), (), ())


async def test_a_new_index_is_added_over_the_items_there_are(endpoint: str) -> None:
    await reconcile_tables(endpoint, [table("User")])
    client = DynamoDbHttp(endpoint)
    await client.call("PutItem", {"TableName": "User", "Item": {"Id": {"S": "1"}, "Email": {"S": "a@b"}, "Town": {"S": "Rome"}}})
    changes = await reconcile_tables(endpoint, [table("User", byMail="Email", byTown="Town")])
    assert changes.indexed == ("User/byMail", "User/byTown")
    query = {"TableName": "User", "KeyConditionExpression": "Town = :t", "ExpressionAttributeValues": {":t": {"S": "Rome"}}}
    assert (await client.call("Query", {**query, "IndexName": "byTown"}))["Count"] == 1


async def test_what_no_model_asks_for_any_more_is_kept(endpoint: str) -> None:
    await reconcile_tables(endpoint, [table("Old"), table("User", byMail="Email")])
    changes = await reconcile_tables(endpoint, [table("User")])
    assert changes.problems == ()
    client = DynamoDbHttp(endpoint)
    assert (await client.call("ListTables", {}))["TableNames"] == ["Old", "User"]
    assert len((await client.call("DescribeTable", {"TableName": "User"}))["Table"]["GlobalSecondaryIndexes"]) == 1


async def test_an_index_with_other_keys_is_told_not_replaced(endpoint: str) -> None:
    await reconcile_tables(endpoint, [table("User", lookup="Email")])
    (problem,) = (await reconcile_tables(endpoint, [table("User", lookup="Town")])).problems
    assert (problem.code, problem.found, problem.expected) == ("index-differs", "Email", "Town")


async def test_more_tables_than_a_page_are_all_seen(endpoint: str) -> None:
    definitions = [table(f"Table{number:03}") for number in range(120)]
    assert len((await reconcile_tables(endpoint, definitions)).created) == 120
    assert (await reconcile_tables(endpoint, definitions)).created == ()


async def test_a_refused_definition_is_an_environment_problem(endpoint: str) -> None:
    with pytest.raises(EnvironmentProblem, match="tables could not be made ready"):
        await reconcile_tables(endpoint, [table("x")])


async def test_no_engine_is_an_environment_problem() -> None:
    with pytest.raises(EnvironmentProblem):
        await reconcile_tables("http://127.0.0.1:9", [table("User")])


async def test_a_model_that_becomes_own_is_told_and_nothing_is_lost(endpoint: str) -> None:
    await reconcile_tables(endpoint, [table("Note", byTitle="Title")])
    client = DynamoDbHttp(endpoint)
    item = {"Id": {"S": "1"}, "Title": {"S": "milk"}}
    await client.call("PutItem", {"TableName": "Note", "Item": item})
    own = table("Note", byTitle="Title", byRank="Rank")
    own["KeySchema"] = [{"AttributeName": "Owner", "KeyType": "HASH"}, {"AttributeName": "Id", "KeyType": "RANGE"}]
    own["AttributeDefinitions"].append({"AttributeName": "Owner", "AttributeType": "S"})
    changes = await reconcile_tables(endpoint, [own])
    (problem,) = changes.problems
    assert (problem.code, problem.found, problem.expected) == ("table-differs", "Id", "Owner + Id")
    assert (changes.created, changes.indexed) == ((), ())
    assert (await client.call("GetItem", {"TableName": "Note", "Key": {"Id": {"S": "1"}}}))["Item"] == item
