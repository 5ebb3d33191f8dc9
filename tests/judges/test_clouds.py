"""The contract of `deep.provision.account.cloud.Cloud`: the cloud in memory, which unit tests deploy to, keeps it as an account does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, cast
from uuid import uuid4

import pytest

from deep.provision.account.aws import Aws
from deep.provision.account.cloud import Cloud, StackState, StoredObject, Submission
from deep.provision.account.room import CODE, ROLES, STACKS
from deep.provision.deploying.applying import Applier
from deep.provision.pace import Pace
from tests.fakes.cloud import FakeCloud
from tests.judges.ministack import running_ministack

REGION = "us-east-1"
QUICK = Pace(sleep=lambda _: None)


@pytest.fixture(scope="module", params=["in memory", "account"])
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    if request.param == "in memory":
        yield FakeCloud()
        return
    with running_ministack(tmp_path_factory.mktemp("account")) as account, pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "test")
        yield cast(Cloud, Aws(REGION, endpoint_url=account.url))


@pytest.fixture
def name() -> str:
    """Of a stack and of a bucket, used by nobody yet."""
    return f"deep-{uuid4().hex[:12]}"


def template(**resources: Any) -> str:
    made = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, "Parameters": {"Given": {"Type": "String"}}}
    return json.dumps({**made, "Outputs": {"Told": {"Value": "told"}}})


def bucket(name: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, "VersioningConfiguration": {"Status": "Enabled"}}}


def bring_about(cloud: Cloud, stack: str, text: str, *, is_new: bool, change: str = "change-1") -> StackState:
    cloud.submit(Submission(stack, change, is_new, text, None, {"Given": "yes"}, {"deep:app": "a"}))
    assert wait_for_change(cloud, stack, change).state == "ready"
    cloud.execute(stack, change)
    found = Applier(cloud, lambda _: None, QUICK).wait(stack)
    assert found is not None
    return found


def wait_for_change(cloud: Cloud, stack: str, change: str) -> Any:
    while (found := cloud.change_set(stack, change)) is None or found.state == "making":
        pass
    return found


def stored(key: str, body: bytes) -> StoredObject:
    return StoredObject(key, body, sha256(body).hexdigest(), {"ContentType": "text/plain"})


def test_nothing_is_there_at_first(cloud: Cloud, name: str) -> None:
    assert cloud.stack(name) is None
    assert cloud.change_set(name, "change-1") is None
    assert list(cloud.events(name)) == []
    assert cloud.digests(name, ["a"]) == {}
    assert cloud.listed(name, "") == {}
    assert cloud.secret(f"/{name}/a") is None
    assert cloud.log_groups(f"/{name}") == ()
    assert cloud.is_settled(name)
    cloud.discard(name, "change-1")
    cloud.delete_stack(name)
    cloud.empty(name)


def test_a_stack_is_made_changed_and_deleted(cloud: Cloud, name: str) -> None:
    text = template(Bucket=bucket(name))
    made = bring_about(cloud, name, text, is_new=True)
    assert (made.status, made.is_whole, made.is_protected) == ("CREATE_COMPLETE", True, False)
    assert (dict(made.parameters), dict(made.tags)) == ({"Given": "yes"}, {"deep:app": "a"})
    assert set(made.outputs) == {"Told"}
    assert json.loads(cloud.template(name)) == json.loads(text)
    more = template(Bucket=bucket(name), More={"Type": "AWS::CloudFormation::WaitConditionHandle"})
    assert bring_about(cloud, name, more, is_new=False, change="change-2").status == "UPDATE_COMPLETE"
    assert json.loads(cloud.template(name)) == json.loads(more)
    cloud.delete_stack(name)
    assert Applier(cloud, lambda _: None, QUICK).wait(name) is None
    assert cloud.stack(name) is None


def test_a_stack_that_is_to_be_made_waits_for_its_change_set(cloud: Cloud, name: str) -> None:
    submission = Submission(
        name, "change-1", is_new=True, template=template(Bucket=bucket(name)), template_url=None, parameters={"Given": "a"}, tags={}
    )
    cloud.submit(submission)
    cloud.submit(submission)
    assert wait_for_change(cloud, name, "change-1").state == "ready"
    state = cloud.stack(name)
    assert state is not None
    assert (state.status, state.is_moving, state.is_whole) == ("REVIEW_IN_PROGRESS", False, False)


def test_a_change_set_of_nothing_says_so(cloud: Cloud, name: str) -> None:
    text = template(Bucket=bucket(name))
    bring_about(cloud, name, text, is_new=True)
    cloud.submit(Submission(name, "change-2", is_new=False, template=text, template_url=None, parameters={"Given": "yes"}, tags={"deep:app": "a"}))
    assert wait_for_change(cloud, name, "change-2").is_empty


def test_a_stack_is_protected_until_it_is_not(cloud: Cloud, name: str) -> None:
    bring_about(cloud, name, template(Bucket=bucket(name)), is_new=True)
    for on in (True, False):
        cloud.protect(name, on=on)
        state = cloud.stack(name)
        assert state is not None
        assert state.is_protected is on


def test_objects_are_known_by_their_digests(cloud: Cloud, name: str) -> None:
    bring_about(cloud, name, template(Bucket=bucket(name)), is_new=True)
    first, second = stored("folder/a", b"first"), stored("folder/a", b"second")
    for one in (first, second):
        cloud.put(name, one)
        assert cloud.digests(name, ["folder/a", "folder/b"]) == {"folder/a": one.digest}
    assert cloud.get(name, "folder/a") == b"second"
    assert set(cloud.listed(name, "folder/")) == {"folder/a"}
    assert cloud.listed(name, "other/") == {}
    assert cloud.restore(name, "folder/a", first.digest)
    assert cloud.get(name, "folder/a") == b"first"
    assert not cloud.restore(name, "folder/a", stored("folder/a", b"never").digest)
    cloud.remove_objects(name, ["folder/a"])
    assert cloud.digests(name, ["folder/a"]) == {}
    cloud.empty(name)
    assert cloud.listed(name, "") == {}


def test_a_secret_is_written_anew_and_over(cloud: Cloud, name: str) -> None:
    cloud.keep_secret(f"/{name}/a", "first", {"deep:app": "a"})
    assert cloud.secret(f"/{name}/a") == "first"
    cloud.keep_secret(f"/{name}/a", "second", None)
    assert cloud.secret(f"/{name}/a") == "second"


def test_a_bucket_that_somebody_has_is_found_by_its_name(cloud: Cloud, name: str) -> None:
    assert cloud.named("AWS::S3::Bucket", name) == frozenset()
    bring_about(cloud, name, template(Held=bucket(name)), is_new=True)
    cloud.put(name, stored("a", b"a"))
    assert cloud.named("AWS::S3::Bucket", name) == frozenset({name})


def test_no_names_are_taken_in_an_empty_account(cloud: Cloud, name: str) -> None:
    for type_ in ("AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Logs::LogGroup"):
        assert cloud.named(type_, name) == frozenset()
    assert all(room.used <= room.most for room in cloud.rooms({ROLES, CODE, STACKS}).values())


def test_a_function_that_is_not_there_does_not_answer(cloud: Cloud, name: str) -> None:
    assert cloud.invoke(name, {"do": "list"}) is None


def test_rows_are_written_over_and_away_and_read_in_parts(cloud: Cloud, name: str) -> None:
    keys = [("Owner", "HASH"), ("Id", "RANGE")]
    table = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": "S"} for field, _ in keys],
        "KeySchema": [{"AttributeName": field, "KeyType": kind} for field, kind in keys],
        "Tags": [{"Key": "deep:app", "Value": name}, {"Key": "deep:rows", "Value": "arriving"}],
    }
    assert not cloud.holds_rows(name)
    bring_about(cloud, name, template(Table={"Type": "AWS::DynamoDB::Table", "Properties": table}), is_new=True)
    assert not cloud.holds_rows(name)
    rows = [{"Owner": {"S": "a"}, "Id": {"S": f"{number:02}"}, "Raw": {"B": b"\x00"}} for number in range(60)]
    cloud.write(name, rows, ())
    cloud.write(name, [{**rows[0], "Title": {"S": "milk"}}], [{"Owner": {"S": "a"}, "Id": {"S": "59"}}])
    found = sorted((row for part in range(3) for page in cloud.pages(name, part, 3) for row in page), key=lambda row: row["Id"]["S"])
    assert found == [{**rows[0], "Title": {"S": "milk"}}, *rows[1:59]]
    assert cloud.holds_rows(name)
    told = cloud.values("deep:rows", {"deep:app": name})
    assert {arn.rpartition("/")[2]: mark for arn, mark in told.items()} == {name: "arriving"}
    assert cloud.values("deep:rows", {"deep:app": "another"}) == {}
