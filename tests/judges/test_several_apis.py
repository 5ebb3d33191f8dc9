"""An app that is too large for one HTTP API, deployed: its microapplications are called at one address, each signed for the API that serves it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from deep.bundle.target import Target
from deep.model import App, Role, Statement
from deep.provision.account.aws import Aws
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.release import Package, Release, release_of
from deep.wiring.shipping import deployed_endpoints
from tests.fakes.apps import HERE, action_of, app_of, beside
from tests.judges.calling import Caller
from tests.judges.deployed import DeployedApp, tls_of
from tests.judges.deployer import OWNER
from tests.judges.deploying import ACCOUNT, QUICK, pages, stored, zipped
from tests.judges.edge import Edge, running_edge
from tests.judges.ministack import Ministack, running_ministack
from tests.unit.provision.resources.test_apis import with_routes

REGION = "us-east-1"
CODE = zipped("def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawPath']}\n")
PACKAGE = stored(f"functions/{sha256(CODE).hexdigest()}.zip", CODE, "application/zip")
PATHS = {"deep.todo": "/deep-todo/task/act0", "acme.a": "/acme-a/task/show", "acme.b": "/acme-b/task/show"}
ANSWERED = dict.fromkeys(PATHS, 200)
Hosts = Mapping[str, str]
"""Whom callers sign for, by microapplication."""


@dataclass(frozen=True)
class Several:
    """The app as it is deployed."""

    release: Release
    deployed: DeployedApp

    @property
    def hosts(self) -> Hosts:
        """What its pages are told."""
        told = deployed_endpoints(self.release, self.deployed.outputs)
        return {name: told.api_hosts.get(name, str(told.api_host)) for name in PATHS}

    def statuses(self, caller: Caller, hosts: Hosts) -> dict[str, int]:
        """Of a call of each microapplication through the distribution; the function answers with the path that it was called at."""
        answers = {name: replace(caller, host=hosts[name]).call("POST", path, {}) for name, path in PATHS.items()}
        assert {answer.body.decode() for answer in answers.values() if answer.status == 200} <= set(PATHS.values())
        return {name: answer.status for name, answer in answers.items()}


def app(todo: int) -> App:
    """Three microapplications that visitors may call. The first has so many actions, the others one each, and an API has room for two."""
    plain = with_routes(beside(app_of(*(action_of(f"act{number}") for number in range(todo))), "acme.a", "acme.b"), 2)
    return replace(plain, microapps=tuple(replace(one, roles=(_visitors(one.identifier),)) for one in plain.microapps))


def _visitors(microapp: str) -> Role:
    return Role("unauthenticated", "2015-10-07", (Statement("Allow", (f"{microapp}:task:*",), (f"{microapp}:task",), True, HERE),), HERE)


def deployed(account: Ministack, edge: Edge, todo: int) -> Several:
    made = app(todo)
    packages = {action.identifier: Package(PACKAGE.key, "handler.handler") for action in made.actions}
    release = release_of(made, Target("dev", "0badcafe", REGION, ACCOUNT), packages)
    deployer = Deployer(Aws(REGION, endpoint_url=account.url), lambda text: None, QUICK)
    done = deployer.deploy(compile_release(release), [PACKAGE], pages)
    return Several(release, DeployedApp(made, account, edge, done.url, done.outputs))


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    for name, value in OWNER.items():
        monkeypatch.setenv(name, value)
    with running_ministack(tmp_path, REGION) as running:
        yield running


def test_each_microapplication_answers_who_signs_for_its_own_api(account: Ministack, tmp_path: Path) -> None:
    """Also once the first has grown and the second is served by the other API: who signs for the one before is then refused."""
    with running_edge(account, tls_of(tmp_path)) as edge:
        before = deployed(account, edge, 1)
        one, other = before.hosts["deep.todo"], before.hosts["acme.b"]
        assert before.hosts == {"deep.todo": one, "acme.a": one, "acme.b": other}
        caller = before.deployed.caller()
        assert before.statuses(caller, before.hosts) == ANSWERED
        assert set(before.statuses(caller, {"deep.todo": other, "acme.a": other, "acme.b": one}).values()) == {403}
        after = deployed(account, edge, 2)
        assert after.hosts == {"deep.todo": one, "acme.a": other, "acme.b": other}
        assert after.statuses(caller, after.hosts) == ANSWERED
        assert after.statuses(caller, before.hosts) == {**ANSWERED, "acme.a": 403}
        speak_of_one_api(account, after)
        assert after.statuses(caller, after.hosts) == {"deep.todo": 200, "acme.a": 403, "acme.b": 403}


def speak_of_one_api(account: Ministack, made: Several) -> None:
    """Lets visitors call all routes at the first API alone."""
    role = {"RoleName": made.release.names.role("identity unauthenticated"), "PolicyName": "uses"}
    one, other = (made.hosts[name].partition(".")[0] for name in ("deep.todo", "acme.a"))
    document = json.dumps(account.client("iam").get_role_policy(**role)["PolicyDocument"])
    assert other in document
    account.client("iam").put_role_policy(**role, PolicyDocument=document.replace(other, one))
