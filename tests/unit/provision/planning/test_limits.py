"""What AWS takes no more of is told with the plan: sixty-four actions are far from it, five hundred fit, and nothing is found out half-way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError, UsageError
from deep.model import App, Resource, load_app
from deep.model.app import Quotas
from deep.provision.compiled import compile_release
from deep.provision.planning.limits import limits, refuse_excess
from deep.provision.planning.plan import plan
from tests.fakes.apps import action_of, app_of, microapp_of
from tests.generated.property import write_property
from tests.unit.provision.resources.test_policies import large_app
from tests.unit.provision.test_stacks import TARGET, release

NO_MORE = Quotas()


def needed(app: App) -> dict[str, tuple[int, int]]:
    """What an app takes of each limit, the most of any stack, and how much there is."""
    found: dict[str, tuple[int, int]] = {}
    for limit in limits(compile_release(release(app)).templates, app.property.quotas):
        found[limit.what] = max(found.get(limit.what, (0, 0)), (limit.needed, limit.most))
    return found


def refused(app: App) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        plan(compile_release(release(app)), {})
    assert {problem.code for problem in caught.value.problems} == {"aws-limit"}
    assert all(problem.help for problem in caught.value.problems)
    return [problem.message for problem in caught.value.problems]


def one_microapp(actions: int) -> App:
    empty = app_of()
    own = tuple(action_of(f"action{number}", scope="private") for number in range(actions))
    made = microapp_of("deep.todo", resources=(Resource("deep.todo", "task", own),))
    return App(empty.property, (empty.root, made), (), {action.identifier: large_app(1, 1).uses["acme.part0:task:action0"] for action in own}, ())


def test_sixty_four_actions_take_a_third_of_what_there_is(tmp_path: Path) -> None:
    told = needed(load_app(write_property(tmp_path / "app"), environ={}))
    assert all(3 * taken <= most for what, (taken, most) in told.items() if what != "characters"), told


def test_two_hundred_actions_fit_and_so_do_five_hundred() -> None:
    plan(compile_release(release(large_app(20, 10))), {})
    assert not plan(compile_release(release(large_app(40, 13))), {}).is_empty


def test_a_microapplication_may_have_as_many_resources_as_a_stack() -> None:
    """A function with its log, its role and what becomes of failed calls, its alias, its version, and meanwhile the version before."""
    assert not plan(compile_release(release(one_microapp(71))), {}).is_empty
    assert refused(one_microapp(72)) == ["the stack of deep.todo would have 504 resources, and AWS takes at most 500"]


@pytest.mark.parametrize(
    ("region", "code", "helps"),
    [
        ("eu-centrall-1", "unknown-region", 'did you mean "eu-central-1"?'),
        ("eu-central-9", "unknown-region", "botocore"),
        ("cn-north-1", "region-unsupported", "eu-central-1"),
        ("us-gov-west-1", "region-unsupported", "eu-central-1"),
    ],
)
def test_a_region_that_will_not_do_is_told_without_asking_anybody(region: str, code: str, helps: str) -> None:
    made = compile_release(release(app_of(action_of("create")), replace(TARGET, region=region)))
    with pytest.raises(UsageError) as caught:
        plan(made, {})
    assert caught.value.problems[0].code == code
    assert helps in (caught.value.problems[0].help or "")


def templates() -> dict[str, Any]:
    return {**compile_release(release(app_of(action_of("create")))).templates}


def stretched() -> Iterator[tuple[str, dict[str, Any]]]:
    """Templates that go beyond one limit each."""
    made = templates()
    made["app"]["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["CacheBehaviors"] *= 76
    yield "the distribution would have 76 cache behaviors, one a microapplication, and AWS takes at most 75", made
    made = templates()
    headers = made["app"]["Resources"]["PagesHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] = "x" * 1784
    yield "the pages' content security policy would have 1,784 characters, and AWS takes at most 1,783", made
    made = templates()
    role = made["MicroappDeepTodo"]["Resources"]["RoleTaskCreate"]["Properties"]
    role["ManagedPolicyArns"] = [{"Ref": "Policy"}] * 11
    yield f"the role {role['RoleName']} would have 11 policies, and AWS takes at most 10", made
    made = templates()
    made["MicroappDeepTodo"] |= {"Metadata": "x" * 1_000_000}
    yield "bytes of template, and AWS takes at most 1,000,000", made


@pytest.mark.parametrize(("message", "made"), list(stretched()))
def test_every_other_limit_is_told(message: str, made: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        refuse_excess(made, NO_MORE)
    assert [message in problem.message for problem in caught.value.problems] == [True]
