"""A change that fails at one resource after the other: CloudFormation takes it back, and what was deployed before answers as before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.provision.aws import Aws
from deep.provision.cloud import StoredObject
from deep.provision.compiled import compile_release
from deep.provision.deploy import Deployed, Deployer
from deep.provision.stacks import compile_stacks
from tests.judges.deploying import pages, release_for
from tests.judges.ministack import Ministack, running_ministack
from tests.judges.snapshots import snapshot

WHOLE = "DEEP_WHOLE" in os.environ
STRIDE = 7
"""Every resource, or every seventh."""
DOOM = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://nowhere.s3.amazonaws.com/x"}}


class Doomed(Aws):
    """Sends templates in which something fails as soon as one resource is done: a nested stack whose template is nowhere."""

    def __init__(self, account: Ministack, after: str) -> None:
        super().__init__("us-east-1", endpoint_url=account.url)
        self._after = after

    def put(self, bucket: str, stored: StoredObject) -> None:
        if stored.key.startswith("templates/"):
            template = json.loads(stored.body)
            if self._after in template["Resources"]:
                template["Resources"]["Doom"] = {**DOOM, "DependsOn": self._after}
                body = json.dumps(template).encode()
                stored = replace(stored, body=body, digest=sha256(body).hexdigest())
        super().put(bucket, stored)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with running_ministack(tmp_path) as running:
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


def answers(account: Ministack) -> set[str]:
    """What the functions of the app say."""
    release = release_for()[0]
    invoke, actions = account.client("lambda").invoke, [action.identifier for action in release.app.actions]
    replies: list[Any] = [json.load(invoke(FunctionName=release.names.function(one), Payload=b"{}")["Payload"]) for one in actions]
    return {reply["body"] for reply in replies}


@pytest.mark.timeout(600)
def test_whichever_resource_fails_the_version_before_answers(account: Ministack) -> None:
    """Parity 121; threats R15."""
    plain = Aws("us-east-1", endpoint_url=account.url)
    deploy(plain)
    before = snapshot(account)
    stem = release_for()[0].stem
    for number, resource in enumerate(resources()[:: 1 if WHOLE else STRIDE]):
        with pytest.raises(RefusedError) as refused:
            deploy(Doomed(account, resource), f"second {number}")
        assert "Doom" in str(refused.value) or "Microapp" in str(refused.value), resource
        assert "the state before is in place again" in str(refused.value.problems[0].help), resource
        state = plain.stack(stem)
        assert state is not None
        assert state.status == "UPDATE_ROLLBACK_COMPLETE", resource
        assert answers(account) == {"first"}, resource
    after = snapshot(account)
    assert {key: value for key, value in after.items() if key not in ("objects", "stacks")} == {
        key: value for key, value in before.items() if key not in ("objects", "stacks")
    }
    deploy(plain, "third")
    assert answers(account) == {"third"}


def test_two_deploys_at_once_both_end_well(account: Ministack) -> None:
    """Parity 118; threats R14: the later one attaches to what the earlier one began."""

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: deploy(Aws("us-east-1", endpoint_url=account.url)).url, range(2))
    assert first == second
    assert answers(account) == {"first"}
