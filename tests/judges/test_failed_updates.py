"""A change that fails at one resource after the other: CloudFormation takes it back, and what was deployed before answers as before."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from deep.errors import RefusedError
from deep.model import App
from deep.provision.account.aws import Aws
from deep.provision.account.cloud import StoredObject
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployed, Deployer
from deep.provision.release import Release
from deep.provision.stacks import compile_stacks
from tests.judges.calling import Request
from tests.judges.deployed import DeployedApp, tls_of
from tests.judges.deploying import pages, release_for
from tests.judges.edge import Edge, running_edge
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import snapshot
from tests.judges.visitors import Visitors

WHOLE = "DEEP_WHOLE" in os.environ
STRIDE = 11
"""Every resource, or every eleventh."""
DOOM = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://nowhere.s3.amazonaws.com/x"}}


class Doomed(Aws):
    """Sends templates in which something fails as soon as one resource is done: a nested stack whose template is nowhere.

    `last`: only those in which new versions answer, which hold no others.
    """

    def __init__(self, account: Ministack, after: str, *, last: bool = False) -> None:
        super().__init__("us-east-1", endpoint_url=account.url)
        self._after = after
        self._last = last

    def put(self, bucket: str, stored: StoredObject) -> None:
        if stored.key.startswith("templates/"):
            template = json.loads(stored.body)
            types = Counter(one["Type"] for one in template["Resources"].values())
            is_last = types["AWS::Lambda::Version"] == types["AWS::Lambda::Alias"]
            if self._after in template["Resources"] and (is_last or not self._last):
                template["Resources"]["Doom"] = {**DOOM, "DependsOn": self._after}
                body = json.dumps(template).encode()
                stored = replace(stored, body=body, digest=sha256(body).hexdigest())
        super().put(bucket, stored)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    with running_ministack(tmp_path, "us-east-1") as running:
        for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": running.url}.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def edge(account: Ministack, tmp_path: Path) -> Iterator[Edge]:
    with running_edge(account, tls_of(tmp_path)) as running:
        yield running


def resources() -> Sequence[str]:
    """Logical ids of all that a change of the app may touch, those of the microapplication's stack and of the one around it."""
    stacks = compile_stacks(release_for()[0])
    templates = (*stacks.nested.values(), stacks.app.template)
    return sorted({one.logical_id for template in templates for one in template.resources})


def deploy(cloud: Aws, body: str = "first") -> Deployed:
    """Deploys the app; its functions answer this."""
    release, packages = release_for(f"def handler(event, context):\n    return {{'statusCode': 200, 'body': '{body}'}}\n")
    return Deployer(cloud, lambda text: None).deploy(compile_release(release), packages, pages)


def visitors(app: DeployedApp) -> Visitors:
    """As many as the app has actions, each calling one of them."""
    return Visitors(app.caller(), [Request(one.methods[0], one.path) for one in app.app.actions])


def in_region(release: Release) -> App:
    """The app as one whose settings name the region that it is deployed to."""
    return replace(release.app, property=replace(release.app.property, region=release.target.region))


@pytest.mark.timeout(900)
def test_whichever_resource_fails_the_version_before_answers(account: Ministack, edge: Edge) -> None:
    """Parity 121; threats R15. Every call while CloudFormation fails, takes back, and after that, is answered by the version before."""
    plain = Aws("us-east-1", endpoint_url=account.url)
    release = release_for()[0]
    done = deploy(plain)
    app = DeployedApp(in_region(release), account, edge, done.url, done.outputs)
    before, calls = snapshot(account), 0
    for number, resource in enumerate(resources()[:: 1 if WHOLE else STRIDE]):
        with visitors(app) as there, pytest.raises(RefusedError) as refused:
            deploy(Doomed(account, resource), f"second {number}")
        assert "Doom" in str(refused.value) or "Microapp" in str(refused.value), resource
        assert "the state before is in place again" in str(refused.value.problems[0].help), resource
        state = plain.stack(release.stem)
        assert state is not None
        assert state.status == "UPDATE_ROLLBACK_COMPLETE", resource
        assert set(there.heard) == {(200, "first")}, resource
        calls += there.heard.total()
    after = snapshot(account)
    assert {key: value for key, value in after.items() if key not in ("objects", "stacks")} == {
        key: value for key, value in before.items() if key not in ("objects", "stacks")
    }
    with visitors(app) as there:
        deploy(plain, "third")
    assert set(there.heard) <= {(200, "first"), (200, "third")}, "and nobody is turned away while it takes over"
    assert answering(app) == {(200, "third")}
    assert versions(account) == {1}, "versions do not pile up"


def test_aliases_that_have_moved_are_led_back_when_another_cannot(account: Ministack, edge: Edge) -> None:
    """Parity 121; and the next deploy, which finds everything ready, goes on."""
    release = release_for()[0]
    done = deploy(Aws("us-east-1", endpoint_url=account.url))
    app = DeployedApp(in_region(release), account, edge, done.url, done.outputs)
    with visitors(app) as there, pytest.raises(RefusedError, match="nowhere"):
        deploy(Doomed(account, "AliasTaskCreate", last=True), "second")
    assert set(there.heard) <= {(200, "first"), (200, "second")}
    assert answering(app) == {(200, "first")}
    deploy(Aws("us-east-1", endpoint_url=account.url), "second")
    assert answering(app) == {(200, "second")}


def answering(app: DeployedApp) -> set[tuple[int, str]]:
    """What each action says."""
    with visitors(app) as there:
        pass
    return set(there.heard)


def versions(account: Ministack) -> set[int]:
    """How many published versions functions have."""
    release, client = release_for()[0], account.client("lambda")
    names = [release.names.function(action.identifier) for action in release.app.actions]
    return {len(client.list_versions_by_function(FunctionName=name)["Versions"]) - 1 for name in names}


def test_two_deploys_at_once_both_end_well(account: Ministack) -> None:
    """Parity 118; threats R14: the later one attaches to what the earlier one began."""

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: deploy(Aws("us-east-1", endpoint_url=account.url)).url, range(2))
    assert first == second
    assert versions(account) == {1}
