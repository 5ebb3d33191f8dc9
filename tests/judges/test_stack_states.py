"""Stacks in every state that an account really gets into: a deploy goes on from there, or says what to do and goes on after that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.provision.account.aws import Aws
from deep.provision.compiled import compile_release
from deep.provision.deploying.applying import Applier
from deep.provision.deploying.deploy import Deployer
from tests.judges.deploying import pages, release_for
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import snapshot

NESTED_NOWHERE = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://nowhere.s3.amazonaws.com/x"}}
SECOND = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'second'}\n"


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with running_ministack(tmp_path) as running:
        yield running


def deploy(account: Ministack, code: str | None = None) -> list[str]:
    """Deploys the Todo app; what was told meanwhile."""
    told: list[str] = []
    release, packages = release_for(code) if code else release_for()
    Deployer(Aws("us-east-1", endpoint_url=account.url), told.append).deploy(compile_release(release), packages, pages)
    return told


def settled(account: Ministack, stack: str) -> str:
    state = Applier(Aws("us-east-1", endpoint_url=account.url), lambda text: None).wait(stack)
    return state.status if state else "gone"


def body(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


@pytest.mark.parametrize(("kind", "state"), [("DO_NOTHING", "CREATE_FAILED"), ("ROLLBACK", "ROLLBACK_COMPLETE")])
@pytest.mark.parametrize("suffix", ["-store", "-data", ""])
def test_what_was_born_dead_is_made_again(account: Ministack, suffix: str, kind: str, state: str) -> None:
    """Threats 104."""
    stem = release_for()[0].stem
    account.client("cloudformation").create_stack(StackName=f"{stem}{suffix}", TemplateBody=body(Child=NESTED_NOWHERE), OnFailure=kind)
    assert settled(account, f"{stem}{suffix}") == state
    assert any("could not be created last time" in line for line in deploy(account))
    assert set(snapshot(account)["stacks"].values()) == {"COMPLETE"}


def test_what_was_only_thought_of_is_made(account: Ministack) -> None:
    stem = release_for()[0].stem
    thought = {"StackName": stem, "ChangeSetName": "somebody", "ChangeSetType": "CREATE", "TemplateBody": body(Child=NESTED_NOWHERE)}
    account.client("cloudformation").create_change_set(**thought)
    deploy(account)
    assert set(snapshot(account)["stacks"].values()) == {"COMPLETE"}


def test_a_way_back_that_failed_is_gone_when_what_stood_in_it_is_mended(account: Ministack) -> None:
    """Threats 105: the package of the version before was deleted, so that a failed change could not be taken back."""
    deploy(account)
    release, (package,) = release_for()
    formation, s3 = account.client("cloudformation"), account.client("s3")
    nested = next(one for one in formation.describe_stacks()["Stacks"] if one.get("ParentId") or "Microapp" in one["StackName"])
    template = json.loads(json.dumps(formation.get_template(StackName=nested["StackName"])["TemplateBody"]))
    template = json.loads(template) if isinstance(template, str) else template
    artefacts = next(one["ParameterValue"] for one in nested["Parameters"] if one["ParameterKey"] == "ArtefactBucket")
    other = release_for(SECOND)[1][0]
    s3.put_object(Bucket=artefacts, Key=other.key, Body=other.body)
    function = next(name for name, one in template["Resources"].items() if one["Type"] == "AWS::Lambda::Function")
    template["Resources"][function]["Properties"]["Code"]["S3Key"] = other.key
    template["Resources"]["Child"] = {**NESTED_NOWHERE, "DependsOn": function}
    s3.delete_object(Bucket=artefacts, Key=package.key)
    formation.update_stack(
        StackName=nested["StackName"],
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in nested["Parameters"]],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    assert settled(account, nested["StackName"]) == "UPDATE_ROLLBACK_FAILED"
    cloud = Aws("us-east-1", endpoint_url=account.url)
    cloud.continue_rollback(nested["StackName"])
    assert settled(account, nested["StackName"]) == "UPDATE_ROLLBACK_FAILED", "what stands in its way still does"
    s3.put_object(Bucket=artefacts, Key=package.key, Body=package.body)
    cloud.continue_rollback(nested["StackName"])
    assert settled(account, nested["StackName"]) == "UPDATE_ROLLBACK_COMPLETE"
    deploy(account, SECOND)
    name = release.names.function("deep.todo:task:create")
    assert json.load(account.client("lambda").invoke(FunctionName=name, Payload=b"{}")["Payload"])["body"] == "second"


@pytest.mark.parametrize("suffix", ["-store", ""])
def test_a_stack_that_somebody_deleted_is_made_again(account: Ministack, suffix: str) -> None:
    deploy(account)
    before = snapshot(account)
    release = release_for()[0]
    cloud = Aws("us-east-1", endpoint_url=account.url)
    for bucket in (f"{release.bucket_stem}-site", f"{release.bucket_stem}-artefacts") if suffix else ():
        cloud.empty(bucket)
    cloud.delete_stack(f"{release.stem}{suffix}")
    assert settled(account, f"{release.stem}{suffix}") == "gone"
    deploy(account)
    assert snapshot(account) == before


def test_people_s_data_whose_stack_is_gone_is_said_and_then_adopted(account: Ministack) -> None:
    """Parity 81. Tables are found by their names and become part of the new stack; a second user pool is not made without a word."""
    deploy(account)
    release = release_for()[0]
    table, name = release.names.table("Todo"), f"{release.stem}-data"
    account.client("dynamodb").put_item(TableName=table, Item={"Id": {"S": "1"}, "Title": {"S": "milk"}})
    cloud = Aws("us-east-1", endpoint_url=account.url)
    cloud.protect(name, on=False)
    cloud.delete_stack(name)
    assert settled(account, name) == "gone"
    with pytest.raises(RefusedError, match="userpool") as refused:
        deploy(account)
    assert "undeploy --delete-data" in str(refused.value.problems[0].help)
    users, identities = account.client("cognito-idp"), account.client("cognito-identity")
    for pool in users.list_user_pools(MaxResults=10)["UserPools"]:
        users.update_user_pool(UserPoolId=pool["Id"], DeletionProtection="INACTIVE")
        users.delete_user_pool(UserPoolId=pool["Id"])
    for pool in identities.list_identity_pools(MaxResults=10)["IdentityPools"]:
        identities.delete_identity_pool(IdentityPoolId=pool["IdentityPoolId"])
    deploy(account)
    assert account.client("dynamodb").get_item(TableName=table, Key={"Id": {"S": "1"}})["Item"]["Title"] == {"S": "milk"}
    assert table in str(account.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"])
