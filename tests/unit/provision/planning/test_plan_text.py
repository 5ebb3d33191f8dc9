"""A plan as people read it: all rights of one holder together, by names they know."""

from __future__ import annotations

import pytest

from deep.model import Model, Uses
from deep.provision.planning.plan_text import called, plan_lines
from tests.fakes.apps import HERE, action_of
from tests.unit.provision.planning.test_plan import BEFORE, TODO, VISITORS, between, create, release


def rights(lines: list[str]) -> list[str]:
    start = lines.index("Rights given:")
    return lines[start + 1 : lines.index("", start)]


def test_rights_are_told_holder_by_holder() -> None:
    told = rights(list(plan_lines(between(None, BEFORE))))
    function = told.index("  + DeepDevDeepTodoTaskCreateUsEast1c962e927")
    assert told[function + 1] == "      dynamodb:PutItem on table/DeepDevTodoc962e927"
    visitors = told.index("  + DeepDevIdentityUnauthenticatedUsEast1c962e927")
    assert told[visitors + 1] == "      execute-api:Invoke on POST /deep-todo/task/create"
    assert "      sts:AssumeRole on DeepDevDeepTodoTaskCreateUsEast1c962e927" in told


def test_what_each_caller_may_with_their_own_items_is_told_so() -> None:
    keep = action_of("keep", declared_uses=Uses({"Note": frozenset({"create"})}, (), (), HERE))
    told = rights(list(plan_lines(between(None, release(Model("Note", {}, (), {}, HERE, own=True), keep)))))
    assert "      dynamodb:PutItem on table/DeepDevNote-ownc962e927, each caller their own items" in told


def test_a_right_that_is_taken_is_told_too() -> None:
    lines = list(plan_lines(between(release(TODO, create("create", "delete"), VISITORS), BEFORE)))
    start = lines.index("Rights taken:")
    assert lines[start + 1 : start + 3] == ["  - DeepDevDeepTodoTaskCreateUsEast1c962e927", "      dynamodb:DeleteItem on table/DeepDevTodoc962e927"]


def test_many_rights_are_counted() -> None:
    many = [action_of(f"act{number}") for number in range(40)]
    assert rights(list(plan_lines(between(None, release(*many)))))[-1].endswith("more lines: --json has every right")


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:lambda:us-east-1:123456789012:function:DeepDevA:*", "function:DeepDevA"),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/DeepDevA:*", "log-group:/aws/lambda/DeepDevA"),
        ("arn:aws:execute-api:us-east-1:123456789012:${Api}/$default/PUT/a/b/c", "PUT /a/b/c"),
        ("arn:aws:s3:::bucket/*", "bucket/*"),
        ("FunctionTaskCreate", "FunctionTaskCreate"),
    ],
)
def test_resources_are_called_by_their_names(arn: str, name: str) -> None:
    assert called(arn) == name
