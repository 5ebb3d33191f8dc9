"""What a function's configuration and the app's tables say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from deep.bundle.function import cloud_names, function_config
from deep.bundle.tables import table_definitions
from deep.bundle.target import Target
from deep.errors import Place
from deep.model import Code, Index, Model, Parameter, Uses
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
    assert (config["action"], config["microapp"], config["forceUserIdentity"]) == ("deep.todo:task:create", "deep.todo", True)
    assert (config["env"], config["deployId"], config["region"], config["development"]) == ("dev", "0123abcd", "eu-west-1", True)
    assert config["globals"] == {"engine": ["vanilla"]}
    assert todo["parameters"] == {"mail": {"from": "a@b.c"}}, "backend parameters only"
    assert config["microapps"]["deep.root"] == {"isRoot": True, "parameters": {}, "resources": {}}


CALLING = replace(CREATE, name="call", declared_uses=Uses({}, ("deep.todo:task:create", "deep.todo:task:ask"), (), Place("resources.json", 1, 1)))


def test_a_function_knows_the_actions_that_it_calls() -> None:
    known = function_config(app_of(TODO, CREATE, ASK, CALLING), CALLING, TARGET)["microapps"]["deep.todo"]["resources"]["task"]
    assert list(known) == ["create", "ask"]
    assert known["create"]["functionName"].startswith("DeepDevDeepTodoTaskCreate")
    assert (known["create"]["path"], known["create"]["methods"]) == ("/deep-todo/task/create", ["POST"])
    assert known["ask"] == {"type": "external", "methods": ["GET"], "path": "/deep-todo/task/ask", "url": "https://a.test/x"}


def test_an_action_more_changes_no_function_but_those_that_may_call_it() -> None:
    fewer, more = app_of(TODO, CREATE, UNCLEAR), app_of(TODO, CREATE, UNCLEAR, action_of("new"))
    assert function_config(fewer, CREATE, TARGET) == function_config(more, CREATE, TARGET)
    assert "new" in function_config(more, UNCLEAR, TARGET)["microapps"]["deep.todo"]["resources"]["task"], "its code may compute the name"


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


OWN = Model("Diary", {"Title": "string", "Day": "date"}, (Index("Day-Title-index", "Day", "Title"),), {}, Place("Diary.json", 1, 1), own=True)
KEEP = action_of("keep", declared_uses=Uses({"Diary": frozenset({"create", "find"})}, (), (), Place("resources.json", 1, 1)))


def test_own_tables_are_keyed_by_their_owner_first() -> None:
    """Parity 79."""
    (definition,) = table_definitions(app_of(OWN, KEEP), TARGET)
    owner, key, day = ({"AttributeName": name, "KeyType": kind} for name, kind in (("Owner", "HASH"), ("Id", "RANGE"), ("Day", "RANGE")))
    assert definition["KeySchema"] == [owner, key]
    (index,) = definition["GlobalSecondaryIndexes"]
    assert index["KeySchema"] == [owner, day]
    assert [one["AttributeName"] for one in definition["AttributeDefinitions"]] == ["Owner", "Id", "Day"], "no attribute that is no key"


def test_a_function_that_uses_own_items_is_told_its_data_role() -> None:
    config = function_config(app_of(OWN, KEEP), KEEP, TARGET)
    assert config["tables"]["Diary"]["own"] is True
    assert config["dataRole"].startswith("arn:aws:iam::123456789012:role/DeepDevDeepTodoTaskKeep")
    assert "dataRole" not in function_config(APP, CREATE, TARGET)


def test_a_secret_is_in_no_configuration() -> None:
    """Parity 90: where it is kept, and nothing of what it is."""
    secret = Parameter("backend", "mail|key", "string", "", True, "s3cr3t", "answers", Place("parameters.json", 1, 1), secret=True)
    absent = Parameter("backend", "mail|old", "string", "", False, None, "none", Place("parameters.json", 1, 1), secret=True)
    root, todo = APP.microapps
    app = replace(APP, microapps=(root, replace(todo, parameters=(secret, absent))))
    config = function_config(app, CREATE, TARGET)
    name = cloud_names(app, TARGET).parameter("deep.todo", "mail|key")
    assert config["microapps"]["deep.todo"]["parameters"] == {"mail": {"from": "a@b.c", "key": {"$secret": name, "type": "string"}}}
    assert "s3cr3t" not in json.dumps(config)
