"""Functions with versions, and the states of the stacks while an old and a new one share the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click
import pytest

from deep.bundle.target import Target
from deep.cli._option_types import Ratio
from deep.provision.changes import Templates, templates_of
from deep.provision.checks.check import findings
from deep.provision.compiled import compile_release
from deep.provision.gradual import between
from deep.provision.release import Package, Release, release_of
from tests.fakes.apps import action_of, app_of

NESTED = "MicroappDeepTodo"


def release(key: str = "first", *, gradual: bool = True, memory_mb: int = 128, **fields: Any) -> Release:
    app = app_of(action_of("create", memory_mb=memory_mb, **fields))
    app = replace(app, property=replace(app.property, gradual=gradual))
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


def test_there_are_versions_only_where_they_are_of_use() -> None:
    assert versions(templates(release(gradual=False))) == versions(templates(release(scope="private"))) == []


def test_what_changes_the_function_makes_another_version_and_nothing_else_does() -> None:
    first = versions(templates(release()))
    assert versions(templates(release("second"))) != first
    assert versions(templates(release(memory_mb=256))) != first
    tagged = replace(release(), target=replace(release().target, deploy_id="1badcafe"))
    assert versions(templates(tagged)) == first


def test_old_and_new_share_the_calls_by_weight_under_an_alarm() -> None:
    """Parity 27."""
    before, after = templates(release()), templates(release("second"))
    between_them = between(release("second"), before, 0.2)
    made = templates_of(between_them.stacks)
    (old,), (new,) = versions(before), versions(after)
    assert versions(made) == sorted((old, new))
    (alias,) = typed(made, "AWS::Lambda::Alias").values()
    (weight,) = alias["RoutingConfig"]["AdditionalVersionWeights"]
    assert (old in str(alias["FunctionVersion"]), new in str(weight["FunctionVersion"]), weight["FunctionWeight"]) == (True, True, 0.2)
    (alarm,) = typed(made, "AWS::CloudWatch::Alarm").values()
    assert between_them.alarms == (alarm["AlarmName"],)
    assert new in str(alarm["Dimensions"])
    assert findings(made) == ()


def test_going_back_leaves_the_old_version_all_calls() -> None:
    before = templates(release())
    shared = templates_of(between(release("second"), before, 0.2).stacks)
    back = templates_of(between(release("second"), shared, 0).stacks)
    assert back == templates_of(between(release("second"), before, 0).stacks), "from either state"
    (alias,) = typed(back, "AWS::Lambda::Alias").values()
    assert "RoutingConfig" not in alias
    assert versions(before)[0] in str(alias["FunctionVersion"])
    assert typed(back, "AWS::CloudWatch::Alarm") == {}


def test_another_attempt_shares_with_what_answered_before() -> None:
    before = templates(release())
    broken = templates_of(between(release("second"), before, 0.2).stacks)
    third = templates_of(between(release("third"), broken, 0.2).stacks)
    assert versions(third) == sorted((*versions(before), *versions(templates(release("third")))))


@pytest.mark.parametrize("before", [{}, templates(release(gradual=False)), templates(release())])
def test_without_two_versions_nothing_is_shared(before: Templates) -> None:
    made = between(release(), before, 0.2)
    assert (made.alarms, templates_of(made.stacks)) == ((), templates(release()))


@pytest.mark.parametrize(("text", "part"), [("9:1", 0.1), ("4:1", 0.2), ("0:1", 1.0), ("1:1", 0.5)])
def test_a_ratio_is_the_part_of_the_new_versions(text: str, part: float) -> None:
    assert Ratio().convert(text, None, None) == part


@pytest.mark.parametrize("text", ["", "9", "9:0", "a:b", "-1:1", "1:1:1", "1.5:1"])
def test_what_is_no_ratio_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Ratio().convert(text, None, None)
