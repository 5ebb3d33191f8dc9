"""Deploys to an account that nobody here wrote: once, twice, killed after every call, changed, refused, undone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deep.errors import RefusedError
from deep.provision.account.aws import Aws
from deep.provision.compiled import compile_release
from deep.provision.deploying.applying import Applier
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.undeploy import Undeployer
from tests.judges.deploying import Counted, pages, release_for, stored
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import snapshot

ROOT = Path(__file__).parents[2]
WHOLE = "DEEP_WHOLE" in os.environ
STRIDE = 3
"""Every call that changes something, or every third."""
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    """An empty account, and its root's keys where boto3 looks for them."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with running_ministack(tmp_path) as running:
        yield running


def deployer(account: Ministack, told: list[str] | None = None) -> tuple[Deployer, Counted, Aws]:
    cloud = Aws("us-east-1", endpoint_url=account.url)
    counted = Counted(cloud)
    return Deployer(cloud, (told if told is not None else []).append), counted, cloud


def run(account: Ministack, kill_after: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.judges.deploying", account.url, str(kill_after)]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=120, check=False)


def test_deploying_twice_changes_nothing_the_second_time(account: Ministack) -> None:
    """Parity 11, 113, 120, 126."""
    release, packages = release_for()
    first, counted, cloud = deployer(account)
    deployed = first.deploy(compile_release(release), packages, pages)
    assert deployed.url.startswith("https://")
    assert "CreateChangeSet" in counted.changing
    before = snapshot(account)
    state = cloud.stack(f"{release.stem}-data")
    assert state is not None
    assert state.is_protected
    again, counted, _ = deployer(account)
    assert again.deploy(compile_release(release), packages, pages).uploaded == 0
    assert counted.changing == []
    assert snapshot(account) == before


def test_killed_after_any_call_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Parity 119. K of K converge to the state of a deploy that nobody disturbed, with nothing left over."""
    with running_ministack(tmp_path) as account:
        calls = json.loads(run(account, 0).stdout)
        wanted = snapshot(account)
    assert len(calls) >= 10
    assert len(wanted["functions"]) == 6
    for number in range(1, len(calls) + 1, 1 if WHOLE else STRIDE):
        with running_ministack(tmp_path) as account:
            killed = run(account, number)
            assert killed.returncode == -signal.SIGKILL, f"after {calls[number - 1]}: {killed.stderr}"
            finished = run(account, 0)
            assert finished.returncode == 0, f"after {calls[number - 1]} ({number}): {finished.stderr}"
            assert snapshot(account) == wanted, f"after {calls[number - 1]} ({number})"


def test_a_change_is_made_in_place(account: Ministack) -> None:
    """Parity 120: functions change, and the API stays the one it was."""
    release, packages = release_for()
    deployer(account)[0].deploy(compile_release(release), packages, pages)
    api = account.client("apigatewayv2").get_apis()["Items"][0]["ApiId"]
    changed, packages = release_for("def handler(event, context):\n    return {'statusCode': 200, 'body': 'second'}\n")
    told: list[str] = []
    deployer(account, told)[0].deploy(compile_release(changed), packages, pages)
    assert account.client("apigatewayv2").get_apis()["Items"][0]["ApiId"] == api
    name = release.names.function("deep.todo:task:create")
    answer = json.load(account.client("lambda").invoke(FunctionName=name, Payload=b"{}")["Payload"])
    assert answer == {"statusCode": 200, "body": "second"}


def test_undeploying_keeps_what_people_keep_and_deploying_finds_it_again(account: Ministack) -> None:
    """Parity 17, 81, 125."""
    release, packages = release_for()
    first, _, cloud = deployer(account)
    first.deploy(compile_release(release), packages, pages)
    table = release.names.table("Todo")
    account.client("dynamodb").put_item(TableName=table, Item={"Id": {"S": "1"}, "Title": {"S": "milk"}})
    pools = snapshot(account)["pools"]
    gone = Undeployer(cloud, lambda text: None).undeploy(release)
    assert (gone.kept, gone.deleted) == (f"{release.stem}-data", (release.stem, f"{release.stem}-store"))
    left = snapshot(account)
    assert (left["tables"], left["pools"], left["functions"], left["objects"], left["apis"]) == ([table], pools, {}, {}, [])
    assert {arn.split(":")[2] for arn in cloud.tagged(release.tags)} == {"cognito-identity", "cognito-idp", "dynamodb"}
    assert Undeployer(cloud, lambda text: None).undeploy(release).deleted == (), "a second time there is nothing to do"
    deployer(account)[0].deploy(compile_release(release), packages, pages)
    assert account.client("dynamodb").get_item(TableName=table, Key={"Id": {"S": "1"}})["Item"]["Title"] == {"S": "milk"}


def test_undeploying_with_data_leaves_nothing(account: Ministack) -> None:
    """Parity 17, 125: no tagged resource, no log group, no version of an object; also what earlier stacks had retained goes."""
    release, packages = release_for()
    first, _, cloud = deployer(account)
    first.deploy(compile_release(release), packages, pages)
    first.deploy(compile_release(release), packages, lambda outputs: [stored("index.html", b"<h1>another version</h1>", "text/html")])
    account.client("dynamodb").put_item(TableName=release.names.table("Todo"), Item={"Id": {"S": "1"}})
    Undeployer(cloud, lambda text: None).undeploy(release)
    late = f"/aws/lambda/{release.names.function('deep.todo:task:create')}"
    account.client("logs").create_log_group(logGroupName=late)
    gone = Undeployer(cloud, lambda text: None).undeploy(release, with_data=True)
    assert (gone.deleted, gone.kept, gone.left) == ((f"{release.stem}-data",), None, ())
    assert cloud.tagged(release.tags) == ()
    assert account.client("logs").describe_log_groups()["logGroups"] == []
    left = snapshot(account)
    assert {key for key, value in left.items() if value} == set()
    assert Undeployer(cloud, lambda text: None).undeploy(release, with_data=True).deleted == (), "a second time there is nothing to do"
    deployer(account)[0].deploy(compile_release(release), packages, pages)
    assert account.client("dynamodb").scan(TableName=release.names.table("Todo"))["Items"] == []


def test_another_account_is_refused_before_anything_is_done(account: Ministack) -> None:
    release, packages = release_for()
    elsewhere = replace(release, target=replace(release.target, account_id="999999999999"))
    made, counted, _ = deployer(account)
    with pytest.raises(RefusedError, match="credentials are of account"):
        made.deploy(compile_release(elsewhere), packages, pages)
    assert counted.changing == []


def test_a_stack_that_was_born_dead_is_buried_and_made_again(account: Ministack) -> None:
    """Threats 104."""
    release, packages = release_for()
    dead = {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://nowhere.s3.amazonaws.com/x"}}}}
    account.client("cloudformation").create_stack(StackName=f"{release.stem}-store", TemplateBody=json.dumps(dead))
    told: list[str] = []
    made, _, cloud = deployer(account, told)
    state = Applier(cloud, told.append).wait(f"{release.stem}-store")
    assert state is not None
    assert state.is_stillborn
    made.deploy(compile_release(release), packages, pages)
    assert snapshot(account)["stacks"][f"{release.stem}-store"] == "COMPLETE"
    assert any("could not be created last time" in line for line in told)


def test_only_what_changed_is_uploaded(account: Ministack) -> None:
    """Parity 102."""
    release, packages = release_for()
    deployer(account)[0].deploy(compile_release(release), packages, pages)
    changed = deployer(account)[0].deploy(
        compile_release(release), packages, lambda outputs: [*pages(outputs)[:1], stored("index.html", b"<h1>new</h1>", "text/html")]
    )
    assert changed.uploaded == 1
