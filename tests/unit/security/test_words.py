"""What `deepify policy` says in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from deep.errors import Place
from deep.model import Action, AwsUse, Model, Role, Statement, Uses
from deep.security.grants import grants_of
from deep.security.overview import Overview
from deep.security.words import deed, people, what_it_touches, who_may
from tests.fakes.apps import HERE, action_of, app_of

ROLES = ("unauthenticated", "authenticated", "editors", "admins")


def role(name: str, action: str, effect: Any = "Allow", line: int = 4) -> Role:
    statement = Statement(effect, (f"deep.todo:task:{action}",), ("deep.todo:task",), False, Place(f"{name}.json", line, 5))
    return Role(name, "2015-10-07", (statement,), Place(f"{name}.json", 1, 1))


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        (ROLES, "Anybody"),
        (ROLES[1:], "Who is signed in"),
        (ROLES[:1], "Visitors"),
        (ROLES[:2], "Visitors and users in no group"),
        (("editors",), "Editors"),
        (("unauthenticated", "editors", "admins"), "Visitors, editors and admins"),
    ],
)
def test_people(roles: tuple[str, ...], told: str) -> None:
    assert people(roles, ROLES) == told


@pytest.mark.parametrize(
    ("resource", "name", "told"),
    [
        ("task", "create", "create a task"),
        ("order", "show", "show an order"),
        ("task", "deleteCompleted", "delete completed (task)"),
        ("sample", "say-hello", "say hello (sample)"),
    ],
)
def test_deeds(resource: str, name: str, told: str) -> None:
    assert deed(action_of(name, resource=resource)) == told


@pytest.mark.parametrize(
    ("action", "roles", "told"),
    [
        (action_of("create"), [], "Nobody may create a task: nothing grants it"),
        (action_of("create"), [role("authenticated", "create")], "Who is signed in may create a task (authenticated.json:4:5)"),
        (
            action_of("create"),
            [role("authenticated", "create"), role("editors", "create", "Deny", 9)],
            "Users in no group may create a task (authenticated.json:4:5); denied to editors (editors.json:9:5)",
        ),
        (
            action_of("create"),
            [role("unauthenticated", "create"), role("authenticated", "create")],
            "Anybody may create a task (unauthenticated.json:4:5)",
        ),
        (action_of("create", scope="private"), [], f"Only functions and its own schedule may create a task ({HERE})"),
        (action_of("create", authorization="NONE"), [], f"Anybody may create a task, and nobody is asked who they are ({HERE})"),
    ],
)
def test_who_may(action: Action, roles: list[Role], told: str) -> None:
    assert who_may(action, grants_of(app_of(action, *roles))) == told


@pytest.mark.parametrize(
    ("uses", "told"),
    [
        (Uses({}, (), (), HERE), "touches no table"),
        (Uses({"Todo": frozenset({"get", "list"})}, (), (), HERE), "reads and lists Todo; writes nothing"),
        (Uses({"Todo": frozenset({"update", "get"})}, (), (), HERE), "reads and changes Todo"),
        (
            Uses({"Cart": frozenset({"get"})}, ("deep.mail:message:send",), (), HERE),
            "reads its caller's own Cart; writes nothing; calls deep.mail:message:send",
        ),
        (Uses({}, (), (AwsUse(("ses:SendEmail",), ("*",), HERE),), HERE), "touches no table; may ses:SendEmail on *"),
    ],
)
def test_what_a_function_touches(uses: Uses, told: str) -> None:
    action = action_of("retrieve", declared_uses=uses)
    app = app_of(Model("Todo", {}, (), {}, HERE), Model("Cart", {}, (), {}, HERE, own=True), action)
    assert what_it_touches(app, action) == f"task:retrieve {told}"


def test_the_overview_is_a_table_words_and_data() -> None:
    app = app_of(action_of("create"), action_of("list"), role("authenticated", "create"), role("unauthenticated", "list", "Deny"))
    overview = Overview(app, grants_of(app))
    assert overview.as_text().splitlines()[:3] == [
        "action                 unauthenticated  authenticated",
        "deep.todo:task:create  -                yes",
        "deep.todo:task:list    denied           -",
    ]
    told = overview.as_json()
    assert told["actions"][0]["roles"]["authenticated"] == {"allowed": True, "because": "authenticated.json:4:5"}
    assert told["functions"][0]["words"] == "task:create touches no table"
