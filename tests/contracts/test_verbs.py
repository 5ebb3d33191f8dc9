"""Each verb of `uses` grants what its methods of a table need, and no verb grants another's methods: asked of the door, before the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest

from deep.bundle.function import function_config
from deep.bundle.target import Target
from deep.errors import Place
from deep.local.identity.vault import DataBearer, FunctionBearer
from deep.model import App, Index, Model, Uses, Verb
from deep.runtime.db.table import Table
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.exceptions import ConflictError, DatabaseOperationError
from deep.runtime.retry import RetryPolicy
from deep.wire.sigv4 import Credentials
from tests.fakes.apps import action_of, app_of
from tests.fakes.door import DoorStage, open_door

PLACE = Place("resources.json", 1, 1)
ALICE = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"
FIELDS = {"Title": "string", "Rank": "number"}
INDEXES = (Index("Rank-Title-index", "Rank", "Title"),)
MODELS = {
    "Todo": Model("Todo", FIELDS, INDEXES, {}, PLACE),
    "Note": Model("Note", FIELDS, INDEXES, {}, PLACE, own=True),
}
VERBS: tuple[Verb, ...] = get_args(Verb)

METHODS: dict[str, tuple[Verb, Callable[[Table, str, str], Any]]] = {
    "create_item": ("create", lambda table, plain, unique: table.create_item({"Title": "new"})),
    "create_unique_on_fields": ("unique", lambda table, plain, unique: table.create_unique_on_fields(["Title"], {"Title": "other"})),
    "find_one_by_id": ("get", lambda table, plain, unique: table.find_one_by_id(plain)),
    "find_by Id": ("get", lambda table, plain, unique: table.find_one_by("Id", plain)),
    "find_all": ("list", lambda table, plain, unique: table.find_all()),
    "find_all_paginated": ("list", lambda table, plain, unique: table.find_all_paginated()),
    "find_all_by, no index": ("list", lambda table, plain, unique: table.find_all_by("Title", "plain")),
    "find_all_by, index": ("find", lambda table, plain, unique: table.find_all_by("Rank", 1)),
    "find_matching, index": ("find", lambda table, plain, unique: table.find_matching({"Rank": 1, "Title": ("begins_with", "p")})),
    "update_item": ("update", lambda table, plain, unique: table.update_item(plain, {"Rank": 2})),
    "update_item_conditional": ("update", lambda table, plain, unique: table.update_item_conditional(plain, {"Rank": 3}, {"Title": "plain"})),
    "update of a unique item": ("update", lambda table, plain, unique: table.update_item(unique, {"Title": "moved"})),
    "update of a unique item, conditional": ("update", lambda table, plain, unique: table.update_item_conditional(unique, {"Rank": 3}, {"Rank": 9})),
    "delete_by_id": ("delete", lambda table, plain, unique: table.delete_by_id(plain)),
    "delete_by_id_conditional": ("delete", lambda table, plain, unique: table.delete_by_id_conditional(plain, {"Rank": 1})),
    "delete of a unique item": ("delete", lambda table, plain, unique: table.delete_by_id(unique)),
}


def app() -> App:
    """An action for each verb and both models, and one that may do everything."""
    granted: dict[str, frozenset[Verb]] = {"every": frozenset(VERBS), **{str(verb): frozenset({verb}) for verb in VERBS}}
    actions = (action_of(name, declared_uses=Uses(dict.fromkeys(MODELS, verbs), (), (), PLACE)) for name, verbs in granted.items())
    return app_of(*MODELS.values(), *actions)


@pytest.fixture(scope="module")
def stage(dynoxide: str) -> Iterator[DoorStage]:
    with open_door(app(), dynoxide) as stage:
        yield stage


def table_of(stage: DoorStage, model: str, action: str) -> Table:
    """The model's table as the action's function uses it: under its own role, or under its data role for Alice."""
    identifier = f"deep.todo:task:{action}"
    own = MODELS[model].own
    issued = stage.vault.issue(DataBearer(identifier, ALICE) if own else FunctionBearer(identifier), None)
    credentials = Credentials(issued.access_key, issued.secret_key, issued.session_token)
    client = DynamoDb(stage.door.url, stage.names.region, credentials, retry=RetryPolicy(sleep=lambda seconds: None))
    target = Target(stage.names.env, "00000000", stage.names.region, stage.names.account_id)
    made = app()
    shape = function_config(made, made.action(identifier), target)["tables"][model]
    return Table(client, model, shape, ALICE if own else None)


def attempt(stage: DoorStage, model: str, action: str, method: Callable[[Table, str, str], Any]) -> str | None:
    """The code of the refusal; None when the method was allowed to do its work, whatever it found."""
    every, table = table_of(stage, model, "every"), table_of(stage, model, action)
    for item in every.find_all():
        every.delete_by_id(item["Id"])
    plain = every.create_item({"Title": "plain", "Rank": 1})["Id"]
    unique = every.create_unique_on_fields(["Title"], {"Title": "unique", "Rank": 1})["Id"]
    try:
        method(table, plain, unique)
    except ConflictError:
        return None
    except DatabaseOperationError as error:
        return error.code
    finally:
        every._client.close()  # type: ignore[attr-defined]
        table._client.close()  # type: ignore[attr-defined]
    return None


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", METHODS)
def test_a_verb_grants_all_that_its_methods_need(stage: DoorStage, model: str, name: str) -> None:
    """Parity 88: missing 0."""
    verb, method = METHODS[name]
    assert attempt(stage, model, verb, method) is None


ALSO = {
    "create": {"unique"},
    "unique": {"create"},
    "update": {"create", "delete", "get", "unique"},
    "delete": {"create", "get", "unique", "update"},
}
"""What a verb brings besides its own: creating and creating uniquely are one operation to IAM, and a unique item's marker moves with it."""
OWN_ALSO = {"list": {"find"}, "find": {"list"}}
"""Of an own model, listing and searching are both queries; only where they look differs, which an index's ARN tells."""


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("action", VERBS)
def test_a_verb_grants_no_other_verbs_methods(stage: DoorStage, model: str, action: Verb) -> None:
    """Parity 88: extra 0."""
    brought = {action} | ALSO.get(action, set()) | (OWN_ALSO.get(action, set()) if MODELS[model].own else set())
    others = {name: method for name, (verb, method) in METHODS.items() if verb not in brought}
    assert {name: attempt(stage, model, action, method) for name, method in others.items()} == dict.fromkeys(others, "AccessDeniedException")
