"""Before a deploy changes anything it tells all that the account is not ready for, at once (parity 116)."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from deep.bundle.target import Target
from deep.errors import Problem, RefusedError
from deep.provision.account.cloud import StackState
from deep.provision.account.room import CODE, ROLES, STACKS, THERE, Room, named, rooms
from deep.provision.compiled import compile_release
from deep.provision.deployer.handlers import LOOKING
from deep.provision.deployer.preflight import Intended, refuse_unready
from deep.provision.planning.plan import plan
from tests.fakes.apps import action_of, app_of
from tests.fakes.cloud import FakeCloud
from tests.unit.provision.test_stacks import release

APP = app_of(action_of("create"), action_of("keep"))
FIRST = compile_release(release(APP))
STEM = FIRST.release.stem
FUNCTION = f"DeepDevDeepTodoTaskCreate{FIRST.release.names.hash}"
LOGS = f"/aws/lambda/{FUNCTION}"


def intended(before: dict[str, Any] | None = None, size_bytes: int = 1_000) -> Intended:
    return Intended(FIRST, plan(FIRST, before or {}), {"functions/create.zip": size_bytes, "functions/keep.zip": size_bytes})


def told_by(cloud: FakeCloud, what: Intended | None = None) -> tuple[list[tuple[str, str]], list[str]]:
    """Code and message of each problem, and what was said."""
    steps: list[str] = []
    problems: tuple[Problem, ...] = ()
    try:
        refuse_unready(cloud, what or intended(), steps.append)
    except RefusedError as refused:
        problems = refused.problems
    assert all(problem.help for problem in problems)
    assert cloud.calls == []
    return [(problem.code, problem.message) for problem in problems], steps


def room(used: int, most: int) -> Room:
    return Room(used, most, "iam/quotas/L-FE177D64")


def test_everything_that_stands_in_the_way_is_told_at_once() -> None:
    cloud = FakeCloud()
    cloud.forbidden = frozenset({"lambda:CreateFunction"})
    cloud.told_rooms = {"IAM roles": room(998, 1000), "stacks": room(10, 2000), "bytes of functions' code": room(79_999, 80_000)}
    cloud.outside = {"AWS::Logs::LogGroup": frozenset({LOGS, "/aws/lambda/DeepDevOther"}), "AWS::Lambda::Function": frozenset({FUNCTION})}
    cloud.buckets = {f"{FIRST.release.bucket_stem}-site": {}}
    problems, _ = told_by(cloud)
    assert [code for code, _ in problems] == ["missing-right", "account-quota", "account-quota", *["name-taken"] * 3]
    assert problems[1][1] == "the account has 998 of at most 1,000 IAM roles, and this deploy needs 4 more"
    assert problems[2][1] == "the account has 79,999 of at most 80,000 bytes of functions' code, and this deploy needs 2,000 more"
    assert {message.rpartition(": ")[2] for _, message in problems[3:]} == {LOGS, FUNCTION, f"{FIRST.release.bucket_stem}-site"}


def test_an_account_that_has_room_is_ready() -> None:
    cloud = FakeCloud()
    cloud.told_rooms = {"IAM roles": room(996, 1000), "functions at once": room(0, 1000)}
    problems, steps = told_by(cloud)
    assert problems == []
    assert steps[1:] == ["not looked at, because the account does not tell: how many bytes of functions' code, stacks there may be"]


def test_what_nobody_may_look_at_is_said_and_passed_over() -> None:
    cloud = FakeCloud()
    cloud.outside = {"AWS::Logs::LogGroup": None, "AWS::IAM::Role": None, "AWS::Lambda::Function": None}
    problems, steps = told_by(cloud)
    assert problems == []
    assert {step.partition("tell: ")[2] for step in steps} >= {f"{what} of the same names" for what in ("roles", "functions", "log groups")}


def test_a_policy_from_before_these_looks_suffices_as_it_did() -> None:
    cloud = FakeCloud()
    cloud.forbidden = frozenset(LOOKING)
    assert told_by(cloud)[0] == []


def test_a_new_account_is_told_how_little_it_runs_at_once() -> None:
    cloud = FakeCloud()
    cloud.told_rooms = {"functions at once": Room(0, 10, "lambda/quotas/L-B99A9384")}
    problems, steps = told_by(cloud)
    assert problems == []
    assert any(step.startswith("the account runs 10 functions at once") and "L-B99A9384" in step for step in steps)


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"])
def test_what_a_broken_stack_of_the_app_made_is_its_own(status: str) -> None:
    cloud = FakeCloud()
    cloud.outside = {"AWS::Logs::LogGroup": frozenset({LOGS})}
    assert told_by(cloud)[0] != []
    cloud.stacks[STEM] = StackState(STEM, status)
    assert told_by(cloud)[0] == []


def test_names_that_are_not_to_be_made_are_nobodys_concern() -> None:
    """What stands bears its names rightly, and only what a stack lacks is looked for."""
    cloud = FakeCloud()
    cloud.outside = {"AWS::Logs::LogGroup": frozenset({LOGS})}
    assert told_by(cloud, intended(dict(FIRST.templates)))[0] == []
    elsewhere = compile_release(release(APP, Target("test", "0badcafe", "us-east-1", "123456789012")))
    assert told_by(cloud, Intended(elsewhere, plan(elsewhere, {}), {}))[0] == []


class Answering:
    """An account's answers by operation, page by page; None for what it does not tell."""

    def __init__(self, **pages: list[Any] | None) -> None:
        self._pages = pages

    def __call__(self, service: str, operation: str, **arguments: Any) -> Any:
        pages = self._pages.get(operation)
        return None if pages is None else pages[int(arguments.get("Marker") or arguments.get("NextToken") or arguments.get("nextToken") or 0)]


def test_names_are_read_page_by_page() -> None:
    ask = Answering(
        list_roles=[
            {"Roles": [{"RoleName": "DeepA"}], "Marker": "1", "IsTruncated": True},
            {"Roles": [{"RoleName": "DeepB"}, {"RoleName": "Other"}]},
        ],
        describe_log_groups=[{"logGroups": [{"logGroupName": "/aws/lambda/A"}]}],
        head_bucket=[{}],
    )
    assert named(ask, "AWS::IAM::Role", "Deep") == frozenset({"DeepA", "DeepB"})
    assert named(ask, "AWS::Logs::LogGroup", "/aws/lambda/") == frozenset({"/aws/lambda/A"})
    assert named(ask, "AWS::Lambda::Function", "Deep") is None
    assert named(ask, "AWS::S3::Bucket", "mine") == frozenset()
    assert named(Answering(), "AWS::S3::Bucket", "somebody-elses") == frozenset({"somebody-elses"})


def test_room_is_read_as_far_as_it_is_told() -> None:
    stacks = [{"StackSummaries": [{"StackStatus": "CREATE_COMPLETE"}]}]
    ask = Answering(describe_account_limits=[{"AccountLimits": [{"Name": "StackLimit", "Value": 2000}]}], list_stacks=stacks)
    assert rooms(ask, {STACKS, ROLES}) == {"stacks": Room(1, 2000, "cloudformation/quotas/L-0485CB21")}
    assert rooms(Answering(), {STACKS, ROLES, CODE}) == {}
    assert rooms(ask, ()) == {}


def test_a_status_that_is_not_gone_is_asked_for() -> None:
    """As CloudFormation's own client has them."""
    statuses = boto3.client("cloudformation", region_name="us-east-1").meta.service_model.shape_for("StackStatus").enum
    assert sorted(THERE) == sorted({*statuses} - {"DELETE_COMPLETE"})
