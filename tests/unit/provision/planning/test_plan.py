"""What a deploy would do, told before it does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from deep.bundle.target import Target
from deep.errors import RefusedError
from deep.model import Action, Index, Model, Role, Statement, Uses
from deep.provision.changes import REPLACING
from deep.provision.compiled import compile_release
from deep.provision.planning.plan import Plan, counted, plan, refuse_losses
from deep.provision.release import Package, Release, release_of
from tests.fakes.apps import HERE, action_of, app_of

TARGET = Target("dev", "0badcafe", "us-east-1", "123456789012")
TODO = Model("Todo", {"Title": "string"}, (), {}, HERE)
STATEMENT = Statement("Allow", ("deep.todo:task:create",), ("deep.todo:task",), False, HERE)
VISITORS = Role("unauthenticated", "2015-10-07", (STATEMENT,), HERE)


def create(*verbs: Any, **changes: Any) -> Action:
    return action_of("create", declared_uses=Uses({"Todo": frozenset(verbs)} if verbs else {}, (), (), HERE), **changes)


def release(*parts: Any, code: str = "first") -> Release:
    app = app_of(*parts)
    return release_of(app, TARGET, {action.identifier: Package(f"functions/{code}.zip") for action in app.actions})


def between(before: Release | None, after: Release) -> Plan:
    return plan(compile_release(after), compile_release(before).templates if before else {})


def told(made: Plan) -> set[tuple[str, str]]:
    return {(change.logical_id, change.doing) for change in made.changes}


BEFORE = release(TODO, create("create"), VISITORS)


def test_the_first_deploy_creates_everything() -> None:
    """Parity 14."""
    made = between(None, BEFORE)
    assert {change.doing for change in made.changes} == {"create"}
    assert counted(made.changes)["create"] == len(made.changes) > 15
    assert made.data == ()


def test_the_same_again_is_an_empty_plan() -> None:
    made = between(BEFORE, release(TODO, create("create"), VISITORS))
    assert made.is_empty
    assert (made.rights.gained, made.rights.lost) == ((), ())


def test_new_code_changes_a_function_and_which_version_answers_and_nothing_else() -> None:
    made = between(BEFORE, release(TODO, create("create"), VISITORS, code="second"))
    updated = [(change.logical_id, change.properties) for change in made.changes if change.doing == "update"]
    assert updated == [("AliasTaskCreate", ("FunctionVersion",)), ("FunctionTaskCreate", ("Code",))]
    assert [(change.type, change.doing) for change in made.changes if change.doing != "update"] == [
        ("AWS::Lambda::Version", "create"),
        ("AWS::Lambda::Version", "delete"),
    ]


def test_rights_are_told_one_by_one() -> None:
    made = between(BEFORE, release(TODO, create("create", "delete"), VISITORS))
    (gained,) = made.rights.gained
    assert (gained.action, made.rights.lost) == ("dynamodb:DeleteItem", ())
    assert str(gained).endswith(f"may dynamodb:DeleteItem on {BEFORE.names.table_arn('Todo')}")


def test_a_route_that_asks_nobody_who_they_are_is_told_as_a_right_of_anybody() -> None:
    made = between(BEFORE, release(TODO, create("create", authorization="NONE"), VISITORS))
    assert "anybody, unsigned may call on POST /deep-todo/task/create" in [str(right) for right in made.rights.gained]


def test_an_index_is_added_in_place() -> None:
    indexed = replace(TODO, indexes=(Index("Title-index", "Title", None),))
    made = between(BEFORE, release(indexed, create("create"), VISITORS))
    assert told(made) == {("TableTodo", "update")}
    refuse_losses(made, ())
    (effect,) = made.data
    assert effect.message.endswith("Title-index is added, and used once it is filled, which takes a write for each row")
    (effect,) = between(release(indexed), release(TODO)).data
    assert effect.message.endswith("Title-index is dropped; every row stays")
    retyped = replace(indexed, fields={"Title": "number"})
    (effect,) = between(release(indexed), release(retyped)).data
    assert "Title-index is made anew, and searches by it fail until it is filled" in effect.message


def refused(made: Plan) -> str:
    """What is said of a plan that would lose the table of `Todo`; nothing is said once the table is named."""
    table = BEFORE.names.table("Todo")
    refuse_losses(made, {table})
    with pytest.raises(RefusedError) as error:
        refuse_losses(made, ())
    (problem,) = error.value.problems
    assert problem.help == f"if it is meant: --allow-data-loss {table}"
    return problem.message


def test_a_model_that_is_removed_is_refused_until_it_is_named() -> None:
    """Parity 81."""
    assert "is no longer part of the app: it is kept in the account" in refused(between(BEFORE, release(action_of("create"), VISITORS)))


def test_other_keys_under_the_same_name_are_refused_even_when_the_table_is_named() -> None:
    """Parity 81: CloudFormation would begin, fail at the table and roll back."""
    before = compile_release(BEFORE).templates
    before["data"]["Resources"]["TableTodo"]["Properties"]["KeySchema"] = [{"AttributeName": "Key", "KeyType": "HASH"}]
    made = plan(compile_release(BEFORE), before)
    assert told(made) == {("TableTodo", "replace")}
    with pytest.raises(RefusedError, match="would need other keys under the same name") as error:
        refuse_losses(made, {BEFORE.names.table("Todo")})
    (problem,) = error.value.problems
    assert problem.code == "keys-change"


@pytest.mark.parametrize("own", [True, False])
def test_a_model_that_becomes_own_or_shared_has_its_rows_moved_and_loses_none(own: bool) -> None:
    """Parity 81."""
    made = between(release(replace(TODO, own=not own)), release(replace(TODO, own=own)))
    assert told(made) == {("OwnTableTodo", "create"), ("TableTodo", "delete")} if own else {("TableTodo", "create"), ("OwnTableTodo", "delete")}
    refuse_losses(made, ())
    (effect,) = made.data
    source, target = (BEFORE.names.table("Todo", own=one) for one in (not own, own))
    assert effect.message == (
        f"{source} gets other keys: its rows are moved to {target}. Meanwhile they can be read, and whoever writes is refused; "
        f"{source} itself is kept for 30 days at least"
    )


def test_a_removed_action_takes_its_function_its_role_and_its_routes_with_it() -> None:
    """Parity 120: nothing is left of what is gone."""
    two = release(TODO, create("create"), action_of("list", methods=("GET",)), VISITORS)
    made = between(two, BEFORE)
    gone = {change.logical_id for change in made.changes if change.doing == "delete"}
    assert gone >= {"FunctionTaskList", "RoleTaskList", "LogsTaskList", "RouteTaskListGet", "RouteTaskListHead", "ApigatewayPermissionTaskList"}
    assert {change.doing for change in made.changes} == {"delete"}


def test_every_type_we_make_is_known_to_the_plan() -> None:
    made = between(None, release(TODO, replace(TODO, name="Note", own=True), create("create"), action_of("sweep", cron="0 6 * * ? *"), VISITORS))
    assert {change.type for change in made.changes} <= set(REPLACING)


def test_a_plan_is_json_and_names_what_it_is_between() -> None:
    made = between(BEFORE, release(TODO, create("create"), VISITORS, code="second"))
    document = json.loads(json.dumps(made.as_json()))
    assert (document["planVersion"], document["counted"]["update"]) == (1, 2)
    assert (made.before, made.after) != (between(None, BEFORE).before, between(None, BEFORE).after)
