"""An app that CloudFormation does not take at once, made, changed and taken away in several operations of an account that nobody here wrote."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from deep.provision.account.aws import Aws
from deep.provision.account.cloud import StoredObject
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.undeploy import Undeployer
from deep.provision.release import Package, Release
from tests.judges.deploying import QUICK, pages, stored, zipped
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import every
from tests.unit.provision.resources.test_policies import large_app
from tests.unit.provision.test_stacks import release

WHOLE = "DEEP_WHOLE" in os.environ


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


def made(microapps: int, actions: int, body: str, called: str = "action") -> tuple[Release, list[StoredObject]]:
    code = zipped(f"def handler(event, context):\n    return {{'statusCode': 200, 'body': '{body}'}}\n")
    package = stored(f"functions/{sha256(code).hexdigest()}.zip", code, "application/zip")
    app = large_app(microapps, actions, called=called)
    return replace(release(app), packages={action.identifier: Package(package.key, "handler.handler") for action in app.actions}), [package]


def deploy(account: Ministack, of: tuple[Release, list[StoredObject]], stop_at: str = "never") -> list[str]:
    """What was told. A deploy that is to stop does so right before the operation that is called `stop_at`."""
    told: list[str] = []

    def step(text: str) -> None:
        told.append(text)
        if text.startswith(stop_at):
            raise KeyboardInterrupt

    Deployer(Aws("us-east-1", endpoint_url=account.url), step, QUICK).deploy(compile_release(of[0]), of[1], pages)
    return told


def functions(account: Ministack) -> set[str]:
    return {found["FunctionName"] for found in every(account.client("lambda"), "list_functions", "Functions")}


def all_of(of: Release) -> set[str]:
    return {of.names.function(action.identifier) for action in of.app.actions}


def answers(account: Ministack, of: Release) -> set[str]:
    """Of one function of each microapplication."""
    first = {action.microapp: action for action in of.app.actions}
    client, names = account.client("lambda"), (of.names.function(action.identifier) for action in first.values())
    told = [json.load(client.invoke(FunctionName=name, Qualifier="live", Payload=b"{}")["Payload"]) for name in names]
    return {one["body"] for one in told}


def test_killed_between_two_operations_it_goes_on(tmp_path: Path) -> None:
    """Parity 119. Made, changed to an app with other actions, and taken away; each of them is more than one operation does."""
    first, other = made(21, 13, "first"), made(21, 13, "first", "other")
    with running_ministack(tmp_path) as account:
        for wanted in (first, other):
            with pytest.raises(KeyboardInterrupt):
                deploy(account, wanted, "operation 2 of")
            assert functions(account) != all_of(wanted[0])
            deploy(account, wanted)
            assert functions(account) == all_of(wanted[0])
        assert deploy(account, other) == [], "all is as the release says"
        told: list[str] = []
        Undeployer(Aws("us-east-1", endpoint_url=account.url), told.append, QUICK).undeploy(first[0])
        assert any("a part of" in line for line in told)
        assert (functions(account), account.client("apigatewayv2").get_apis()["Items"]) == (set(), [])


@pytest.mark.skipif(not WHOLE, reason="minutes: with DEEP_WHOLE")
def test_five_hundred_actions_are_made_changed_and_taken_away(tmp_path: Path) -> None:
    first, second = made(40, 13, "first"), made(40, 13, "second")
    with running_ministack(tmp_path) as account:
        assert sum(line.startswith("operation") for line in deploy(account, first)) == 2
        assert functions(account) == all_of(first[0])
        deploy(account, second)
        assert answers(account, first[0]) == {"second"}
        Undeployer(Aws("us-east-1", endpoint_url=account.url), lambda _: None, QUICK).undeploy(first[0])
        assert functions(account) == set()
