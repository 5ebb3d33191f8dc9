"""A door for a small app: Todos are everybody's, Notes their owner's, a mail key is secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest

from deep.errors import Place
from deep.local.identity.vault import FunctionBearer
from deep.model import App, AwsUse, Code, Index, Model, Parameter, Uses, Verb
from tests.fakes.apps import action_of, app_of
from tests.fakes.door import DoorStage, open_door

PLACE = Place("DeepTodo/Backend/resources.json", 7, 5)
HERE = Place("DeepTodo/Data/Models/Todo.json", 1, 1)
ALL: frozenset[Verb] = frozenset(get_args(Verb))

TODO = Model("Todo", {"Title": "string", "Rank": "number"}, (Index("Rank-index", "Rank"),), {}, HERE)
NOTE = Model("Note", {"Title": "string", "Colour": "string"}, (Index("Colour-index", "Colour"),), {}, HERE, own=True)

CREATE, READ, OWN, CALL, MAIL, IDLE = (FunctionBearer(f"deep.todo:task:{name}") for name in ("create", "read", "own", "call", "mail", "idle"))


def uses(models: dict[str, frozenset[Verb]], *actions: str, aws: tuple[AwsUse, ...] = ()) -> Uses:
    return Uses(models, actions, aws, PLACE)


def app() -> App:
    made = app_of(
        TODO,
        NOTE,
        action_of("create", declared_uses=uses({"Todo": frozenset({"create"})})),
        action_of("read", declared_uses=uses({"Todo": frozenset({"get", "find", "list"})})),
        action_of("own", declared_uses=uses({"Note": ALL})),
        action_of("call", declared_uses=uses({}, "deep.todo:task:create")),
        action_of("mail", declared_uses=uses({}, aws=(AwsUse(("ses:SendEmail",), ("*",), PLACE),))),
        action_of("idle", code=Code()),
    )
    root, todo = made.microapps
    secret = Parameter("backend", "mail|key", "string", "", True, "s3cr3t-<&>", "answers", PLACE, secret=True)
    number = Parameter("backend", "mail|pin", "integer", "", True, 12345, "answers", PLACE, secret=True)
    return replace(made, microapps=(root, replace(todo, parameters=(secret, number))))


@pytest.fixture
def stage(dynoxide: str) -> Iterator[DoorStage]:
    handlers = {"deep.todo:task:create": lambda event: {"got": event}}
    with open_door(app(), dynoxide, handlers) as stage:
        yield stage
