"""A user with the computed policy and nothing else deploys; one who lacks any statement of it is refused before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deep.provision.account.aws import Aws
from deep.provision.account.cloud import StoredObject
from deep.provision.account.room import ROLES, STACKS
from deep.provision.compiled import Compiled, compile_release
from deep.provision.deployer.handlers import LOOKING
from deep.provision.deployer.policy import deployer_documents
from deep.provision.deployer.preflight import missing_rights
from deep.provision.deploying.deploy import Deployer
from deep.provision.deploying.undeploy import Undeployer
from deep.provision.pace import Pace
from deep.security.iam import Document
from tests.fakes.apps import opted_in
from tests.judges.deployer import for_ministack, grant, make_deployer, statements
from tests.judges.deploying import for_emulator, pages, release_for
from tests.judges.ministack import Ministack, running_ministack


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    with running_ministack(tmp_path_factory.mktemp("account")) as ministack:
        yield ministack


@pytest.fixture(scope="module")
def cloud(account: Ministack) -> Iterator[Aws]:
    """The account as its deployer sees it."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in make_deployer(account).items():
            environment.setenv(name, value)
        yield Aws("us-east-1", endpoint_url=account.url)


def wanting_all() -> tuple[Compiled, list[StoredObject]]:
    """The Todo app with all that one can opt in to."""
    release, packages = release_for()
    return compile_release(replace(release, app=opted_in(release.app))), packages


def test_who_lacks_any_statement_is_refused_before_anything_is_changed(account: Ministack, cloud: Aws) -> None:
    needed = for_ministack(deployer_documents(wanting_all()[0]))
    for lacking in statements(needed):
        grant(account, [Document(tuple(one for one in statements(needed) if one is not lacking))])
        told: list[str] = []
        if "iam:SimulatePrincipalPolicy" in lacking.actions:
            assert list(missing_rights(cloud, needed, told.append)) == []
            assert "were not checked" in told[-1]
            continue
        missing = " ".join(problem.message for problem in missing_rights(cloud, needed, told.append))
        assert set(lacking.actions) - {*LOOKING} <= set(missing.replace(",", "").split()), lacking.sid
        if "iam:ListRoles" in lacking.actions:
            assert cloud.named("AWS::IAM::Role", "Deep") is None
            assert cloud.rooms({ROLES, STACKS}) == {}
    assert account.client("cloudformation").describe_stacks()["Stacks"] == []


def test_the_policy_suffices_to_deploy_again_and_to_undeploy(account: Ministack, cloud: Aws, tmp_path: Path) -> None:
    """ministack makes the resources of a stack by itself, so what it judges is every call of DEEP's own."""
    compiled, packages = wanting_all()
    release, made = compiled.release, replace(compiled, stacks=for_emulator(compiled.stacks))
    needed = for_ministack(deployer_documents(compiled))
    grant(account, needed)
    assert list(missing_rights(cloud, needed, lambda text: None)) == []
    quick = Pace()
    deployed = Deployer(cloud, lambda text: None, quick).deploy(made, packages, pages)
    assert deployed.uploaded > 3
    assert [one["Endpoint"] for one in account.client("sns").list_subscriptions()["Subscriptions"]] == ["ops@example.com"]
    assert account.client("cloudwatch").get_dashboard(DashboardName=release.worldwide_stem)["DashboardBody"].find("${") == -1
    assert Deployer(cloud, lambda text: None, quick).deploy(made, packages, pages).uploaded == 0
    assert Undeployer(cloud, lambda text: None, quick).undeploy(release).kept == f"{release.stem}-data"
