"""What IAM has room for: roles whose rights are many get them in managed policies, and in fewer words only where there is no room for all."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.model import App, Resource, Role, Statement, Uses, load_app
from deep.provision.changes import Templates
from deep.provision.checks.check import findings
from deep.provision.compiled import compile_release
from deep.provision.release import Release
from deep.provision.resources.policies import attached, characters
from deep.provision.rights import documents_of, rights_change
from deep.security.evaluate import Access, evaluate
from deep.security.iam import Document
from deep.security.identity_policy import identity_document, route_methods, shortened
from tests.fakes.apps import HERE, action_of, app_of, microapp_of, only_api
from tests.generated.property import write_property
from tests.unit.provision.test_stacks import release


def large_app(microapps: int, actions: int, *, refused: str = "none", called: str = "action") -> App:
    """Users may call every action but the one called `refused`. A fifth have GET, so a route for HEAD as well; a third have no function to call."""
    made = []
    for identifier in (f"acme.part{number}" for number in range(microapps)):
        names = [f"{called}{number}" for number in range(actions)]
        own = tuple(
            action_of(name, microapp=identifier, methods=("GET",) if place % 5 == 0 else ("POST",), scope="protected" if place % 3 == 1 else "public")
            for place, name in enumerate(names)
        )
        allow = Statement("Allow", (f"{identifier}:task:*",), (f"{identifier}:task",), True, HERE)
        deny = Statement("Deny", (f"{identifier}:task:{refused}",), (f"{identifier}:task",), False, HERE)
        users = Role("authenticated", "2015-10-07", (allow, deny) if refused in names else (allow,), HERE, None)
        made.append(microapp_of(identifier, resources=(Resource(identifier, "task", own),), roles=(users,)))
    empty = app_of()
    all_actions = [action for one in made for action in one.actions]
    return App(empty.property, (empty.root, *made), (), {action.identifier: Uses({}, (), (), HERE) for action in all_actions}, ())


@cache
def five_hundred() -> Release:
    return release(large_app(40, 13))


def templates(made: Release) -> Templates:
    return compile_release(made).templates


def size(document: Any) -> int:
    """As IAM counts: `Fn::Sub` filled in, no white space."""
    filled = json.dumps(document, separators=(",", ":")).replace('{"Fn::Sub":"', '"').replace('"}', '"')
    return len(re.sub(r"\$\{Api\d*\}", "a" * 10, filled))


def assert_within_limits(made: Templates) -> None:
    """AWS CloudFormation quotas (template anatomy), IAM quotas."""
    for template in made.values():
        assert len(template["Resources"]) <= 500
        assert len(template.get("Outputs", {})) <= 200
        assert len(template.get("Parameters", {})) <= 200
        assert len(json.dumps(template)) <= 1_000_000
        for role in (one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role"):
            assert sum(size(policy["PolicyDocument"]) for policy in role.get("Policies", ())) <= 10_240
            assert len(role.get("ManagedPolicyArns", ())) <= 10
            assert role.get("Policies") is None or role.get("ManagedPolicyArns") is None
        policies = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::ManagedPolicy"]
        assert all(size(policy["PolicyDocument"]) <= 6_144 and len(policy["ManagedPolicyName"]) <= 128 for policy in policies)


def test_twelve_microapplications_stay_within_limits_word_for_word(tmp_path: Path) -> None:
    """Some roles of it may more than fits inline; nothing is written in fewer words for that."""
    made = release(load_app(write_property(tmp_path / "app"), environ={}))
    compiled = templates(made)
    assert_within_limits(compiled)
    app = compiled["app"]
    assert any(one["Type"] == "AWS::IAM::ManagedPolicy" for one in app["Resources"].values())
    for role in made.grants.roles:
        name = made.names.role(f"identity {role}")
        properties = next(one["Properties"] for one in app["Resources"].values() if one["Properties"].get("RoleName") == name)
        told = {json.dumps(arn) for part in documents_of(app, properties) for one in part["Statement"] for arn in one["Resource"]}
        whole = identity_document(made.app, made.grants, role, made.names, only_api("${Api}"))
        assert told == {json.dumps({"Fn::Sub": arn} if "${" in arn else arn) for one in whole.statements for arn in one.resources}


def test_five_hundred_actions_stay_within_limits() -> None:
    made = templates(five_hundred())
    assert sum(one["Type"] == "AWS::Lambda::Function" for template in made.values() for one in template["Resources"].values()) == 520
    assert_within_limits(made)
    assert findings(made) == ()


def documents(made: Release) -> tuple[Document, Document]:
    whole = identity_document(made.app, made.grants, "authenticated", made.names, only_api("abc"))
    return whole, shortened(whole, made.app, made.names, only_api("abc"))


@pytest.mark.parametrize("refused", ["action2", "action3", "none"])
def test_fewer_words_grant_the_same(refused: str) -> None:
    """Of eleven microapplications the names of some begin as others do."""
    made = release(large_app(11, 4, refused=refused))
    whole, short = documents(made)
    assert characters(short) < characters(whole)
    functions = [
        arn for action in made.app.actions for arn in (made.names.function_arn(action.identifier), made.names.function_arn(action.identifier) + ":7")
    ]
    routes = [made.names.invoke_arn("abc", method, action.path) for action in made.app.actions for method in route_methods(action)]
    asked = [*(Access("lambda:InvokeFunction", arn) for arn in functions), *(Access("execute-api:Invoke", arn) for arn in routes)]
    decided = [[evaluate(document, access).allowed for access in asked] for document in (whole, short)]
    assert decided[0] == decided[1]


def test_all_below_a_microapplication_is_told_once() -> None:
    made = release(large_app(2, 3))
    assert [one.resources for one in documents(made)[1].statements if "execute-api:Invoke" in one.actions] == [
        tuple(sorted(made.names.invoke_arn("abc", method, f"/acme-part{number}/*") for method in ("GET", "HEAD", "POST") for number in (0, 1)))
    ]


def test_rights_that_no_role_has_room_for_are_refused() -> None:
    with pytest.raises(RefusedError, match="role authenticated may call so many actions"):
        templates(release(large_app(60, 30, refused="action5")))


def test_rights_do_not_change_with_where_they_are_written() -> None:
    whole, _ = documents(release(large_app(2, 3)))
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "R", "AssumeRolePolicyDocument": {"Statement": []}}}

    def template(rights: dict[str, Any], resources: dict[str, Any]) -> dict[str, Any]:
        return {"app": {"Resources": {"Role": {**role, "Properties": {**role["Properties"], **rights}}, **resources}}}  # type: ignore[dict-item]

    inline = attached("Role", "R", whole).properties
    managed = {"Policy1": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": inline["Policies"][0]["PolicyDocument"]}}}
    change = rights_change(template(inline, {}), template({"ManagedPolicyArns": [{"Ref": "Policy1"}]}, managed))
    assert (change.gained, change.lost) == ((), ())
