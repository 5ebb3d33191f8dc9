"""Secret parameters on their way to SSM."""

from __future__ import annotations

import json
from pathlib import Path

from deep.bundle.target import Target
from deep.model import load_app
from deep.provision.compiled import compile_release
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.secrets import secret_arns, secrets_for
from deep.provision.deploying.undeploy import Undeployer
from deep.provision.pace import Pace
from deep.provision.release import Package, Release, release_of
from tests.fakes.cloud import FakeCloud

QUICK = Pace(lambda seconds: None)
TARGET = Target("dev", "0badcafe", "us-east-1", "123456789012")


def release(folder: Path, answers: dict[str, object]) -> Release:
    files = {
        "deepkg.json": {"identifier": "acme.shop", "name": "Shop", "version": "0.1.0"},
        "parameters.json": {"backend": {"mail|key": {"secret": True}, "retries": {"secret": True, "type": "number"}, "shown": {"default": "x"}}},
        ".parameters.json": {"backend": answers},
    }
    for name, content in files.items():
        path = folder / "Shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    app = load_app(folder, environ={})
    return release_of(app, TARGET, {action.identifier: Package("x") for action in app.actions})


def deploy(cloud: FakeCloud, made: Release) -> list[str]:
    """Secrets that were written."""
    told: list[str] = []
    Deployer(cloud, told.append, QUICK).deploy(compile_release(made), [], lambda outputs: [])
    return [line.removeprefix("keeping the secret ") for line in told if line.startswith("keeping")]


def test_each_is_written_once_and_again_when_it_changes(tmp_path: Path) -> None:
    cloud = FakeCloud()
    first = release(tmp_path, {"mail|key": "s3cr3t", "retries": 3})
    key, retries = (first.names.parameter("acme.shop", name) for name in ("mail|key", "retries"))
    assert sorted(deploy(cloud, first)) == [key, retries]
    assert cloud.secrets == {key: "s3cr3t", retries: "3"}
    assert deploy(cloud, first) == []
    assert deploy(cloud, release(tmp_path, {"mail|key": "another", "retries": 3})) == [key]
    assert cloud.secrets[key] == "another"


def test_one_that_this_machine_does_not_know_is_left_as_it_is(tmp_path: Path) -> None:
    cloud = FakeCloud()
    deploy(cloud, release(tmp_path, {"mail|key": "s3cr3t", "retries": 3}))
    before = dict(cloud.secrets)
    assert deploy(cloud, release(tmp_path, {"mail|key": "s3cr3t"})) == []
    assert cloud.secrets == before


def test_undeploying_takes_them_all(tmp_path: Path) -> None:
    cloud = FakeCloud()
    deploy(cloud, release(tmp_path, {"mail|key": "s3cr3t", "retries": 3}))
    bare = release(tmp_path, {})
    Undeployer(cloud, lambda text: None, QUICK).undeploy(bare)
    assert sorted(cloud.removed) == sorted(secret_arns(bare))
    assert all(arn.startswith("arn:aws:ssm:us-east-1:123456789012:parameter/DeepDev") for arn in cloud.removed)


def test_a_value_is_not_shown(tmp_path: Path) -> None:
    assert "s3cr3t" not in repr(secrets_for(release(tmp_path, {"mail|key": "s3cr3t"})))
