"""A stack is brought to its template from whatever state it is in, or somebody is told what to do."""

from __future__ import annotations

import json

import pytest

from deep.errors import RefusedError
from deep.provision.account.cloud import StackState
from deep.provision.deploying.applying import Applier
from deep.provision.pace import Pace
from deep.provision.stacks import Stack
from deep.provision.template import Template
from tests.fakes.cloud import FakeCloud

NAME = "DeepDev1234abcd"
STACK = Stack("app", NAME, Template("anything", ()), {})
TEXT = STACK.template.text()
MOVING = ("CREATE", "UPDATE", "UPDATE_ROLLBACK", "ROLLBACK", "DELETE", "UPDATE_COMPLETE_CLEANUP", "UPDATE_ROLLBACK_COMPLETE_CLEANUP")
WHOLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")
STILLBORN = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


def cloud_with(status: str, reason: str = "") -> FakeCloud:
    cloud = FakeCloud()
    cloud.stacks[NAME] = StackState(NAME, status, reason)
    cloud.templates[NAME] = json.dumps({"Resources": {"Old": {"Type": "AWS::S3::Bucket"}}})
    return cloud


def apply(cloud: FakeCloud) -> tuple[StackState, list[str]]:
    told: list[str] = []
    return Applier(cloud, told.append, Pace(lambda seconds: None)).apply(STACK, ({}, {})), told


@pytest.mark.parametrize("status", WHOLE)
def test_a_whole_stack_is_changed(status: str) -> None:
    cloud = cloud_with(status)
    assert apply(cloud)[0].status == "UPDATE_COMPLETE"
    assert cloud.calls == [f"submit {NAME}", f"execute {NAME}"]


@pytest.mark.parametrize("status", WHOLE[:2])
def test_a_stack_that_is_so_already_is_left_alone(status: str) -> None:
    cloud = cloud_with(status)
    cloud.templates[NAME] = TEXT
    assert apply(cloud)[0].status == status
    assert cloud.calls == []


@pytest.mark.parametrize("status", STILLBORN)
def test_what_was_born_dead_is_buried_and_made_again(status: str) -> None:
    """Threats 104."""
    cloud = cloud_with(status)
    assert apply(cloud)[0].status == "CREATE_COMPLETE"
    assert cloud.calls == [f"delete {NAME}", f"submit {NAME}", f"execute {NAME}"]


def test_what_was_only_thought_of_is_made() -> None:
    cloud = cloud_with("REVIEW_IN_PROGRESS")
    assert apply(cloud)[0].status == "CREATE_COMPLETE"


@pytest.mark.parametrize("status", STILLBORN)
def test_what_cannot_be_buried_is_told_with_the_reason_and_goes_on_when_that_is_mended(status: str) -> None:
    cloud = cloud_with(status)
    cloud.undeletable[NAME] = "The bucket you tried to delete is not empty"
    with pytest.raises(RefusedError, match="not empty") as refused:
        apply(cloud)
    assert "deploy again" in str(refused.value.problems[0].help)
    cloud.undeletable.clear()
    assert apply(cloud)[0].status == "CREATE_COMPLETE"


@pytest.mark.parametrize("doing", MOVING)
def test_another_deploy_is_waited_for(doing: str) -> None:
    """Parity 118; threats 106."""
    cloud = cloud_with(f"{doing}_IN_PROGRESS")
    ends = {"CREATE": "CREATE_COMPLETE", "ROLLBACK": "ROLLBACK_COMPLETE", "DELETE": "DELETE_FAILED"}
    cloud._begin(NAME, f"{doing}_IN_PROGRESS", StackState(NAME, ends.get(doing, "UPDATE_COMPLETE")))
    state, told = apply(cloud)
    assert state.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    assert told[0] == f"{NAME} is being changed already ({doing}_IN_PROGRESS); waiting for that to end"


def test_a_way_back_that_failed_is_gone_once_more() -> None:
    """Threats 105."""
    cloud = cloud_with("UPDATE_ROLLBACK_FAILED")
    assert apply(cloud)[0].status == "UPDATE_COMPLETE"
    assert cloud.calls == [f"continue {NAME}", f"submit {NAME}", f"execute {NAME}"]


def test_a_way_back_that_fails_again_is_told_with_the_resource() -> None:
    """Threats 105."""
    cloud = cloud_with("UPDATE_ROLLBACK_FAILED")
    cloud.unrecoverable[NAME] = "the package is gone"
    with pytest.raises(RefusedError, match=r"Held .*the package is gone") as refused:
        apply(cloud)
    assert f"continue-update-rollback --stack-name {NAME}" in str(refused.value.problems[0].help)
    cloud.unrecoverable.clear()
    assert apply(cloud)[0].status == "UPDATE_COMPLETE"


def test_a_stack_in_a_state_that_nobody_knows_is_told() -> None:
    with pytest.raises(RefusedError, match="UPDATE_FAILED: somebody switched rollbacks off"):
        apply(cloud_with("UPDATE_FAILED", "somebody switched rollbacks off"))
