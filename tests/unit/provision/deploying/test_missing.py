"""What was deleted by hand is found, made anew where nothing is lost by that, and told where something is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.model import load_app
from deep.provision.account.drift import Drift
from deep.provision.checks.check import findings
from deep.provision.compiled import Compiled, compile_release
from deep.provision.deploying.missing import deleted_by_hand, mending, refuse_in_part, refuse_unmendable, without
from deep.provision.stacks import nested_keys
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.test_stacks import TODO, release

NESTED, CREATE = "MicroappDeepTodo", "FunctionTaskCreate"


class Looked(FakeCloud):
    """A cloud whose tags are told as `tags`, and whose CloudFormation finds `drifts`."""

    def __init__(self, tags: tuple[str, ...], *drifts: Drift) -> None:
        super().__init__()
        self.tags, self.drifts = tags, drifts

    def nested(self, name: str) -> dict[str, str]:
        return {NESTED: "nested-stack"}

    def tagged(self, tags: Any) -> tuple[str, ...]:
        return self.tags


@pytest.fixture(scope="module")
def todo() -> Compiled:
    return compile_release(release(load_app(Path(TODO), environ={})))


def arns(compiled: Compiled, *lacking: str) -> tuple[str, ...]:
    names = compiled.release.names
    functions = {action.name: names.function_arn(action.identifier) for action in compiled.release.app.actions}
    there = [arn for name, arn in functions.items() if name not in lacking]
    return (*there, names.table_arn("Todo"), f"arn:aws:sqs:us-east-1:123456789012:{compiled.release.stem}-dead-letters")


def gone(stack: str, logical_id: str, type_: str = "AWS::Lambda::Function") -> Drift:
    return Drift(stack, logical_id, type_, "deleted")


def test_where_everything_is_there_nobody_is_asked_twice(todo: Compiled) -> None:
    cloud = Looked(arns(todo))
    assert deleted_by_hand(cloud, todo.release, todo.templates) == {}
    assert deleted_by_hand(Looked(()), todo.release, {}) == {}
    assert cloud.calls == []


def test_what_only_seems_missing_is_not(todo: Compiled) -> None:
    cloud = Looked(arns(todo, "create"), Drift("nested-stack", CREATE, "AWS::Lambda::Function", "modified", ("Timeout",)))
    assert deleted_by_hand(cloud, todo.release, todo.templates) == {}
    assert cloud.calls == ["drift nested-stack"]


def test_with_a_function_goes_what_refers_to_it(todo: Compiled) -> None:
    missing = deleted_by_hand(Looked(arns(todo, "create"), gone("nested-stack", CREATE)), todo.release, todo.templates)
    assert missing == {NESTED: frozenset({CREATE})}
    refuse_unmendable(missing, todo.templates)
    left_over = without(todo.templates, missing)
    stacks = mending(todo.release, left_over)
    (cleared,) = stacks.nested.values()
    left = {one.logical_id for one in cleared.resources}
    assert left == set(left_over[NESTED]["Resources"])
    taken = {one for one in todo.templates[NESTED]["Resources"] if one not in left}
    assert {CREATE, "AliasTaskCreate", "ApigatewayPermissionTaskCreate"} <= taken
    assert all("TaskCreate" in one for one in taken)
    assert {"LogsTaskCreate", "RoleTaskCreate"} <= left, "what people want to read later, and what does not refer to it"
    assert list(nested_keys(stacks.app.template).values()) == list(stacks.nested)
    assert [one for one in findings({**todo.templates, NESTED: cleared.as_json()}) if "the template has not" in one.message] == []


def test_a_part_alone_does_not_leave_it_out_for_good() -> None:
    refuse_in_part({})
    with pytest.raises(RefusedError) as refused:
        refuse_in_part({NESTED: frozenset({CREATE})})
    assert refused.value.problems[0].help == "deploy the whole app: that makes it anew"


def test_data_and_what_all_stands_on_are_told(todo: Compiled) -> None:
    table, queue = gone(f"{todo.release.stem}-data", "TableTodo", "AWS::DynamoDB::Table"), gone(todo.release.stem, "DeadLetters", "AWS::SQS::Queue")
    missing = deleted_by_hand(Looked(arns(todo)[:-2], table, queue), todo.release, todo.templates)
    with pytest.raises(RefusedError) as refused:
        refuse_unmendable(missing, todo.templates)
    first, second = refused.value.problems
    assert first.message == f"{todo.release.names.table('Todo')} was deleted by hand"
    assert "restore-table-to-point-in-time" in str(first.help)
    assert "undeploy" in str(second.help)
