"""Functions with versions, and the states of the stacks while an old and a new one share the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import click
import pytest

from deep.bundle.target import Target
from deep.cli._option_types import Ratio
from deep.provision.account.cloud import StackState
from deep.provision.changes import Templates, templates_of
from deep.provision.checks.check import findings
from deep.provision.compiled import compile_release
from deep.provision.deploying.gradual import Gradually, TakingOver, way_to
from deep.provision.release import Package, Release, release_of
from deep.provision.stacks import Stacks
from deep.provision.states.between import between
from tests.fakes.apps import action_of, app_of
from tests.fakes.cloud import FakeCloud

NESTED = "MicroappDeepTodo"


def release(key: str = "first", *, memory_mb: int = 128, **fields: Any) -> Release:
    app = app_of(action_of("create", memory_mb=memory_mb, **fields))
    packages = {action.identifier: Package(f"functions/{key}.zip") for action in app.actions}
    return release_of(app, Target("dev", "0badcafe", "us-east-1", "123456789012"), packages)


def templates(of: Release) -> Templates:
    return compile_release(of).templates


def typed(made: Templates, kind: str) -> Mapping[str, Mapping[str, Any]]:
    return {name: one["Properties"] for name, one in made[NESTED]["Resources"].items() if one["Type"] == kind}


def versions(made: Templates) -> Sequence[str]:
    return sorted(typed(made, "AWS::Lambda::Version"))


def test_the_api_calls_the_alias_and_may_call_nothing_else() -> None:
    made = templates(release())
    (integration,) = typed(made, "AWS::ApiGatewayV2::Integration").values()
    (permission,) = typed(made, "AWS::Lambda::Permission").values()
    assert integration["IntegrationUri"].endswith(":live")
    assert permission["FunctionName"] == {"Ref": next(iter(typed(made, "AWS::Lambda::Alias")))}
    assert findings(made) == ()


def test_an_alias_that_the_api_may_not_call_is_found() -> None:
    made = templates(release())
    for permission in typed(made, "AWS::Lambda::Permission").values():
        permission["FunctionName"] = {"Ref": "FunctionTaskCreate"}  # type: ignore[index] # it is a dict
    assert [finding.message for finding in findings(made) if "no permission for this API" in finding.message]


def test_everybody_calls_the_alias() -> None:
    """The API, schedules, pages that call directly, other functions; and what becomes of asynchronous calls is said of it."""
    made = templates(release(cron="0 6 * * ? *"))
    (rule,) = typed(made, "AWS::Events::Rule").values()
    (retries,) = typed(made, "AWS::Lambda::EventInvokeConfig").values()
    assert [target["Arn"].rpartition(":")[2] for target in rule["Targets"]] == ["live"]
    assert retries["Qualifier"] == "live"
    called = {str(permission["FunctionName"]) for permission in typed(made, "AWS::Lambda::Permission").values()}
    assert called == {str({"Ref": "AliasTaskCreate"})}
    assert len(versions(templates(release(scope="private")))) == 1


def test_what_changes_the_function_makes_another_version_and_nothing_else_does() -> None:
    first = versions(templates(release()))
    assert versions(templates(release("second"))) != first
    assert versions(templates(release(memory_mb=256))) != first
    tagged = replace(release(), target=replace(release().target, deploy_id="1badcafe"))
    assert versions(templates(tagged)) == first


def shared(of: Release, before: Templates, weight: float = 0) -> Templates:
    found = between(compile_release(of).stacks, before, weight)
    assert found is not None
    return templates_of(found.stacks)


def test_until_all_is_ready_the_version_before_answers() -> None:
    """Parity 121."""
    before, after = templates(release()), templates(release("second"))
    made = shared(release("second"), before)
    assert versions(made) == sorted((*versions(before), *versions(after)))
    assert typed(made, "AWS::Lambda::Alias") == typed(before, "AWS::Lambda::Alias")
    assert typed(made, "AWS::Lambda::Function") == typed(after, "AWS::Lambda::Function")
    assert shared(release("second"), made) == made, "reached, it stays as it is"
    assert findings(made) == ()


def test_old_and_new_share_the_calls_by_weight_under_an_alarm() -> None:
    """Parity 27."""
    before, after = templates(release()), templates(release("second"))
    found = between(compile_release(release("second")).stacks, before, 0.2)
    assert found is not None
    made = templates_of(found.stacks)
    (old,), (new,) = versions(before), versions(after)
    assert versions(made) == sorted((old, new))
    (alias,) = typed(made, "AWS::Lambda::Alias").values()
    (weight,) = alias["RoutingConfig"]["AdditionalVersionWeights"]
    assert (old in str(alias["FunctionVersion"]), new in str(weight["FunctionVersion"]), weight["FunctionWeight"]) == (True, True, 0.2)
    (alarm,) = typed(made, "AWS::CloudWatch::Alarm").values()
    assert found.alarms == (alarm["AlarmName"],)
    assert new in str(alarm["Dimensions"])
    assert findings(made) == ()


def test_going_back_leaves_the_old_version_all_calls() -> None:
    before = templates(release())
    back = shared(release("second"), shared(release("second"), before, 0.2))
    assert back == shared(release("second"), before), "from either state"
    (alias,) = typed(back, "AWS::Lambda::Alias").values()
    assert "RoutingConfig" not in alias
    assert versions(before)[0] in str(alias["FunctionVersion"])
    assert typed(back, "AWS::CloudWatch::Alarm") == {}


def test_another_attempt_shares_with_what_answered_before() -> None:
    before = templates(release())
    third = shared(release("third"), shared(release("second"), before, 0.2), 0.2)
    assert versions(third) == sorted((*versions(before), *versions(templates(release("third")))))


def test_nothing_is_taken_away_before_the_calls_have_moved() -> None:
    """An action, its route and its rights go with the last state, and a microapplication with all its stack."""
    both = app_of(action_of("create"), action_of("sweep", scope="private", cron="0 6 * * ? *"))
    packages = {action.identifier: Package("functions/first.zip") for action in both.actions}
    before = templates(release_of(both, release().target, packages))
    before = {**before, "app": deepcopy(before["app"]), "MicroappDeepGone": before[NESTED]}
    before["app"]["Resources"]["MicroappDeepGone"] = before["app"]["Resources"][NESTED]
    made, after = shared(release("second"), before), templates(release("second"))
    gone = set(before[NESTED]["Resources"]) - set(after[NESTED]["Resources"])
    assert {"FunctionTaskSweep", "AliasTaskSweep", "ScheduleTaskSweep", "RoleTaskSweep"} < gone
    assert gone <= set(made[NESTED]["Resources"]), "and the version that its alias leads to"
    assert made["MicroappDeepGone"] == before["MicroappDeepGone"]
    assert shared(release("second"), made) == made


def test_a_role_may_meanwhile_what_both_versions_need() -> None:
    def role(made: Templates) -> list[Any]:
        (found,) = typed(made, "AWS::IAM::Role").values()
        return [statement for policy in found["Policies"] for statement in policy["PolicyDocument"]["Statement"]]

    new = release("second")
    lost = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": ["arn:aws:dynamodb:us-east-1:123456789012:table/DeepDevTodo"]}
    before = deepcopy(dict(templates(release())))
    typed(before, "AWS::IAM::Role")["RoleTaskCreate"]["Policies"][0]["PolicyDocument"]["Statement"].append(lost)
    made = shared(new, before)
    assert role(made) == [*role(templates(new)), lost]
    assert shared(new, made) == made


@pytest.mark.parametrize("before", [{}, templates(release())])
def test_where_no_function_changes_there_is_one_step(before: Templates) -> None:
    stacks = compile_release(release()).stacks
    assert between(stacks, before) is None
    assert [one.stacks for one in way_to(stacks, before, Gradually(0.1, 60)).states] == [stacks]


def test_a_way_goes_on_where_it_was_left() -> None:
    stacks, before = compile_release(release("second")).stacks, templates(release())
    whole = way_to(stacks, before, Gradually(0.1, 60))
    assert [len(one.alarms) for one in whole.states] == [0, 1, 0]
    assert [way_to(stacks, templates_of(one.stacks), Gradually(0.1, 60)).begin for one in whole.states[:2]] == [0, 1]
    assert len(way_to(stacks, before, Gradually(1, 60)).states) == len(way_to(stacks, before).states) == 2


@pytest.mark.parametrize(("text", "part"), [("9:1", 0.1), ("4:1", 0.2), ("0:1", 1.0), ("1:1", 0.5)])
def test_a_ratio_is_the_part_of_the_new_versions(text: str, part: float) -> None:
    assert Ratio().convert(text, None, None) == part


@pytest.mark.parametrize("text", ["", "9", "9:0", "a:b", "-1:1", "1:1:1", "1.5:1"])
def test_what_is_no_ratio_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Ratio().convert(text, None, None)


@pytest.mark.parametrize(("before", "done"), [("first", ["old", "migrated", "new"]), ("second", ["new", "migrated"]), (None, ["new", "migrated"])])
def test_rows_are_migrated_when_all_is_ready_and_before_a_new_version_answers(before: str | None, done: list[str]) -> None:
    """Parity 42. Where no function changes, or none was there, there is one state, and nothing to be before of."""
    made = compile_release(release("second")).stacks
    went: list[str] = []

    def apply(stacks: Stacks) -> StackState:
        went.append("new" if stacks is made else "old")
        return StackState("app", "UPDATE_COMPLETE")

    way = way_to(made, templates(release(before)) if before else {})
    TakingOver(FakeCloud(), lambda _: None).go(way, apply, lambda: went.append("migrated"))
    assert went == done
