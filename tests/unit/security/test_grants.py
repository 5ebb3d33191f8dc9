"""The one decision, and the artefacts that are made from it."""

from __future__ import annotations

from typing import Any

import pytest

from deep.errors import Place
from deep.model import Action, App, Model, Role, Statement, Uses
from deep.names import CloudNames, app_hash
from deep.security.acl import acl_of
from deep.security.function_policy import data_document, function_document
from deep.security.grants import grants_of
from deep.security.guard import guard_of
from deep.security.identity_policy import article_document, identity_document
from tests.fakes.apps import HERE, action_of, app_of, only_api

NAMES = CloudNames("prod", app_hash("123456789000", "todo"), "123456789000", "us-east-1")
CREATE, LIST = "deep.todo:task:create", "deep.todo:task:list"


def statement(*actions: str, effect: Any = "Allow", line: int = 4) -> Statement:
    return Statement(effect, actions, ("deep.todo:task",), any("*" in one for one in actions), Place("role.json", line, 5))


def role(name: str, *statements: Statement, precedence: int | None = None) -> Role:
    return Role(name, "2015-10-07", statements, Place(f"{name}.json", 1, 1), precedence)


def app(*roles: Role, **changes: Any) -> App:
    actions = (action_of("create", **changes), action_of("list", methods=("GET",)), action_of("sweep", scope="private"))
    return app_of(*actions, *roles)


def allowed(app: App) -> dict[str, tuple[str, ...]]:
    grants = grants_of(app)
    return {role: tuple(one.rpartition(":")[2] for one in grants.allowed(role)) for role in grants.roles}


def test_nothing_is_granted_by_default() -> None:
    """Parity 87."""
    assert allowed(app()) == {"unauthenticated": (), "authenticated": ()}


def test_deny_wins_whatever_comes_first() -> None:
    """Parity 86."""
    deny = statement(CREATE, effect="Deny", line=9)
    for statements in ((statement("deep.todo:task:*"), deny), (deny, statement("deep.todo:task:*"))):
        grants = grants_of(app(role("authenticated", *statements)))
        assert grants.allowed("authenticated") == (LIST,)
        assert grants.decide("authenticated", CREATE).because == deny.place


def test_a_wildcard_does_not_reach_private_actions() -> None:
    assert allowed(app(role("authenticated", statement("deep.todo:*:*"))))["authenticated"] == ("create", "list")


def test_a_member_of_a_group_is_authenticated_too_and_the_group_may_take_away() -> None:
    editors = role("editors", statement(CREATE), statement(LIST, effect="Deny"))
    assert allowed(app(role("authenticated", statement(LIST)), editors)) == {
        "unauthenticated": (),
        "authenticated": ("list",),
        "editors": ("create",),
    }


def test_the_group_with_the_lowest_precedence_acts() -> None:
    grants = grants_of(app(role("zoo"), role("admins", precedence=5), role("boss", precedence=1), role("art")))
    assert grants.groups == ("boss", "admins", "art", "zoo")
    assert grants.acting_role(["zoo", "admins"]) == "admins"
    assert grants.acting_role(["nobody"]) == "authenticated"


def test_an_open_action_is_everybodys() -> None:
    assert allowed(app(authorization="NONE")) == {"unauthenticated": ("create",), "authenticated": ("create",)}


def test_guard_and_acl_say_what_the_decision_says() -> None:
    subject = app(role("authenticated", statement(CREATE)), role("unauthenticated", statement(LIST)))
    grants = grants_of(subject)
    assert guard_of(subject, grants) == {
        CREATE: frozenset({"authenticated"}),
        LIST: frozenset({"unauthenticated"}),
        "deep.todo:task:sweep": frozenset(),
    }
    assert acl_of(grants) == {"unauthenticated": [LIST], "authenticated": [CREATE]}


def test_the_articles_role_compiles_to_the_articles_policy() -> None:
    """Parity 85. The article's trailing `*` reaches other functions whose names begin alike; ours are exact."""
    subject = app(role("authenticated", statement(CREATE)))
    document = identity_document(subject, grants_of(subject), "authenticated", NAMES, only_api("abc"))
    arn = f"arn:aws:lambda:us-east-1:123456789000:function:DeepProdDeepTodoTaskCreate{NAMES.hash}"
    assert document.as_json()["Statement"] == [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [arn, f"{arn}:*"]},
        {
            "Effect": "Allow",
            "Action": ["execute-api:Invoke"],
            "Resource": ["arn:aws:execute-api:us-east-1:123456789000:abc/$default/POST/deep-todo/task/create"],
        },
    ]
    assert article_document(document).as_json()["Statement"][0]["Resource"] == [f"{arn}*"]


def test_a_protected_action_is_reached_by_the_api_alone() -> None:
    subject = app(role("authenticated", statement(CREATE)), scope="protected")
    (only,) = identity_document(subject, grants_of(subject), "authenticated", NAMES, only_api("abc")).statements
    assert only.actions == ("execute-api:Invoke",)


def test_an_action_that_requires_a_key_has_its_route_alone() -> None:
    """A direct call carries no key, so nobody is granted one."""
    subject = app(role("authenticated", statement(CREATE)), key_required=True)
    (only,) = identity_document(subject, grants_of(subject), "authenticated", NAMES, only_api("abc")).statements
    assert only.actions == ("execute-api:Invoke",)


def functions_app(verbs: frozenset[Any], *, own: bool = False) -> tuple[App, Action]:
    model = Model("Todo", {"Title": "string"}, (), {}, HERE, own)
    action = action_of("create", declared_uses=Uses({"Todo": verbs}, ("deep.todo:task:list",), (), HERE))
    return app_of(model, action, action_of("list")), action


@pytest.mark.parametrize(
    ("verb", "actions"),
    [("create", ["PutItem"]), ("get", ["GetItem"]), ("list", ["Scan"]), ("update", ["UpdateItem"]), ("delete", ["DeleteItem"])],
)
def test_a_function_may_do_exactly_what_it_uses(verb: str, actions: list[str]) -> None:
    """Parity 88."""
    subject, action = functions_app(frozenset({verb}))
    logs, table, call = function_document(subject, action, NAMES).statements
    assert logs.resources == (f"arn:aws:logs:us-east-1:123456789000:log-group:/aws/lambda/DeepProdDeepTodoTaskCreate{NAMES.hash}:*",)
    assert table.actions == tuple(f"dynamodb:{one}" for one in actions)
    assert table.resources == (f"arn:aws:dynamodb:us-east-1:123456789000:table/DeepProdTodo{NAMES.hash}",)
    assert (call.actions, len(call.resources)) == (("lambda:InvokeFunction",), 2)
    assert data_document(subject, action, NAMES) is None


def test_owned_items_are_reached_by_a_role_that_is_told_whose() -> None:
    subject, action = functions_app(frozenset({"list", "create"}), own=True)
    assume = function_document(subject, action, NAMES).statements[1]
    assert (assume.actions, assume.resources) == (("sts:AssumeRole", "sts:TagSession"), (NAMES.role_arn("deep.todo:task:create own"),))
    document = data_document(subject, action, NAMES)
    assert document is not None
    (only,) = document.statements
    assert only.actions == ("dynamodb:PutItem", "dynamodb:Query"), "one owner's items are a query, never a scan"
    assert only.conditions["ForAllValues:StringEquals"] == {"dynamodb:LeadingKeys": ("${aws:PrincipalTag/identity}",)}
