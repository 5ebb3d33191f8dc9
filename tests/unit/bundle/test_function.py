"""What a function's configuration and the app's tables say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deep.bundle.function import function_config
from deep.bundle.tables import table_definitions
from deep.bundle.target import Target
from deep.errors import Place
from deep.model import Code, Index, Model, Uses
from tests.fakes.apps import action_of, app_of
from tests.fakes.tables import client_of

TARGET = Target("dev", "0123abcd", "eu-west-1", "123456789012", development=True)
TODO = Model(
    "Todo",
    {"Title": "string", "Owner": "string", "Rank": "number", "Place": {"Street": "string"}},
    (Index("Owner-createdAt-index", "Owner", "createdAt"), Index("Rank-index", "Rank", None)),
    {},
    Place("Todo.json", 1, 1),
)
NOTE = Model("Note", {}, (), {"open": True}, Place("Note.json", 1, 1))
CREATE = action_of("create", validation_schema="Todo", declared_uses=Uses({"Todo": frozenset({"create"})}, (), (), Place("resources.json", 1, 1)))
ASK = action_of("ask", type="external", url="https://a.test/x", source=None, methods=("GET",))
UNCLEAR = action_of("any", code=Code(unclear=(Place("handler.py", 3, 5),)))
APP = app_of(TODO, NOTE, CREATE, UNCLEAR, ASK)


def test_a_function_finds_its_configuration() -> None:
    config = function_config(APP, CREATE, TARGET)
    todo = config["microapps"]["deep.todo"]
    create = todo["resources"]["task"]["create"]
    assert (config["action"], config["microapp"], config["forceUserIdentity"]) == ("deep.todo:task:create", "deep.todo", True)
    assert (config["env"], config["deployId"], config["region"], config["development"]) == ("dev", "0123abcd", "eu-west-1", True)
    assert config["globals"] == {"engine": ["vanilla"]}
    assert todo["parameters"] == {"mail": {"from": "a@b.c"}}, "backend parameters only"
    assert create["functionName"].startswith("DeepDevDeepTodoTaskCreate")
    assert (create["path"], create["methods"]) == ("/deep-todo/task/create", ["POST"])
    assert todo["resources"]["task"]["ask"] == {"type": "external", "methods": ["GET"], "path": "/deep-todo/task/ask", "url": "https://a.test/x"}
    assert config["microapps"]["deep.root"]["isRoot"] is True


def test_a_function_sees_the_tables_it_uses() -> None:
    """Parity 76."""
    assert list(function_config(APP, CREATE, TARGET)["tables"]) == ["Todo"]


def test_a_function_whose_code_cannot_be_told_sees_every_table() -> None:
    """Seeing a table's name is no right to it: that is IAM's to give."""
    tables = function_config(APP, UNCLEAR, TARGET)["tables"]
    assert list(tables) == ["Todo", "Note"]
    assert tables["Note"]["open"] is True
    assert tables["Todo"]["name"].startswith("DeepDevTodo")
    assert tables["Todo"]["indexes"] == [
        {"name": "Owner-createdAt-index", "partition": "Owner", "sort": "createdAt"},
        {"name": "Rank-index", "partition": "Rank"},
    ]


def test_the_engine_makes_the_tables(dynoxide: str) -> None:
    """Parity 76, 80."""
    client = client_of(dynoxide)
    todo, note = table_definitions(APP, TARGET)
    made: list[dict[str, Any]] = [client.call("CreateTable", definition)["TableDescription"] for definition in (todo, note)]
    client.close()
    assert made[0]["TableName"] == function_config(APP, CREATE, TARGET)["tables"]["Todo"]["name"]
    assert {index["IndexName"] for index in made[0]["GlobalSecondaryIndexes"]} == {"Owner-createdAt-index", "Rank-index"}
    assert {one["AttributeName"]: one["AttributeType"] for one in made[0]["AttributeDefinitions"]} == {
        "Id": "S",
        "Owner": "S",
        "createdAt": "S",
        "Rank": "N",
    }
    assert "GlobalSecondaryIndexes" not in note
    assert made[1]["KeySchema"] == [{"AttributeName": "Id", "KeyType": "HASH"}]


def test_only_an_action_that_requires_a_key_learns_the_digests() -> None:
    app = replace(APP, property=replace(APP.property, api_keys={"b": "sha256-2", "a": "sha256-1"}))
    assert "apiKeys" not in function_config(app, CREATE, TARGET)
    assert function_config(app, replace(CREATE, key_required=True), TARGET)["apiKeys"] == ["sha256-1", "sha256-2"]
    assert function_config(APP, replace(CREATE, key_required=True), TARGET)["apiKeys"] == []
