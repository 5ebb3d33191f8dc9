"""A user with the computed policy and nothing else deploys; one who lacks any statement of it is refused before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deep.errors import RefusedError
from deep.provision.applying import Pace
from deep.provision.aws import Aws
from deep.provision.compiled import compile_release
from deep.provision.deploy import Deployer
from deep.provision.deployer.policy import deployer_documents
from deep.provision.deployer.preflight import refuse_missing_rights
from deep.provision.undeploy import Undeployer
from deep.security.iam import Document
from tests.judges.deployer import for_ministack, grant, make_deployer, statements
from tests.judges.deploying import pages, release_for
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


def test_who_lacks_any_statement_is_refused_before_anything_is_changed(account: Ministack, cloud: Aws) -> None:
    release, _ = release_for()
    needed = for_ministack(deployer_documents(compile_release(release)))
    for lacking in statements(needed):
        grant(account, [Document(tuple(one for one in statements(needed) if one is not lacking))])
        told: list[str] = []
        if "iam:SimulatePrincipalPolicy" in lacking.actions:
            refuse_missing_rights(cloud, needed, told.append)
            assert "were not checked" in told[-1]
            continue
        with pytest.raises(RefusedError) as refused:
            refuse_missing_rights(cloud, needed, told.append)
        missing = " ".join(problem.message for problem in refused.value.problems)
        assert set(lacking.actions) <= set(missing.replace(",", "").split()), lacking.sid
    assert account.client("cloudformation").describe_stacks()["Stacks"] == []


def test_the_policy_suffices_to_deploy_again_and_to_undeploy(account: Ministack, cloud: Aws, tmp_path: Path) -> None:
    """ministack makes the resources of a stack by itself, so what it judges is every call of DEEP's own."""
    release, packages = release_for()
    needed = for_ministack(deployer_documents(compile_release(release)))
    grant(account, needed)
    refuse_missing_rights(cloud, needed, lambda text: None)
    quick = Pace()
    deployed = Deployer(cloud, lambda text: None, quick).deploy(compile_release(release), packages, pages)
    assert deployed.uploaded > 3
    assert Deployer(cloud, lambda text: None, quick).deploy(compile_release(release), packages, pages).uploaded == 0
    assert Undeployer(cloud, lambda text: None, quick).undeploy(release).kept == f"{release.stem}-data"
