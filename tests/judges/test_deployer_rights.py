"""A user with the computed policy and nothing else deploys; one who lacks any statement of it is refused before anything is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deep.errors import RefusedError
from deep.provision.applying import Pace
from deep.provision.aws import Aws
from deep.provision.deploy import Deployer
from deep.provision.deployer.preflight import refuse_missing_rights
from deep.provision.undeploy import Undeployer
from deep.security.iam import Document, Statement
from deep.wiring.deploying import deploy_policy_of
from tests.judges.deploying import pages, release_for
from tests.judges.ministack import Ministack, running_ministack

USER = "deployer"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    with running_ministack(tmp_path_factory.mktemp("account")) as ministack:
        ministack.client("iam").create_user(UserName=USER)
        yield ministack


class Encrypted(Aws):
    """Its requests say that they came encrypted, as those to AWS do: the buckets' policies let in no others."""

    def _client(self, service: str) -> Any:
        is_new = service not in self._clients
        client = super()._client(service)
        if is_new:
            client.meta.events.register("before-sign", lambda request, **_: request.headers.add_header("X-Forwarded-Proto", "https"))
        return client


@pytest.fixture(scope="module")
def cloud(account: Ministack) -> Iterator[Aws]:
    """The account as its deployer sees it."""
    key = account.client("iam").create_access_key(UserName=USER)["AccessKey"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        yield Encrypted("us-east-1", endpoint_url=account.url)


def for_ministack(documents: Sequence[Document]) -> list[Document]:
    """The policy as far as ministack's simulation reads it: without context, and on no single caller."""
    read = [
        replace(one, conditions={}, resources=("*",) if "iam:SimulatePrincipalPolicy" in one.actions else one.resources)
        for one in statements(documents)
    ]
    return [Document(tuple(read))]


def grant(account: Ministack, documents: Sequence[Document]) -> None:
    """These policies and no others."""
    iam = account.client("iam")
    for name in iam.list_user_policies(UserName=USER)["PolicyNames"]:
        iam.delete_user_policy(UserName=USER, PolicyName=name)
    for number, document in enumerate(documents):
        iam.put_user_policy(UserName=USER, PolicyName=f"deploy{number}", PolicyDocument=json.dumps(document.as_json()))


def statements(documents: Sequence[Document]) -> list[Statement]:
    return [statement for document in documents for statement in document.statements]


def test_who_lacks_any_statement_is_refused_before_anything_is_changed(account: Ministack, cloud: Aws) -> None:
    release, _ = release_for()
    needed = for_ministack(deploy_policy_of(release))
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
    needed = for_ministack(deploy_policy_of(release))
    grant(account, needed)
    refuse_missing_rights(cloud, needed, lambda text: None)
    quick = Pace()
    deployed = Deployer(cloud, lambda text: None, quick).deploy(release, packages, pages)
    assert deployed.uploaded > 3
    assert Deployer(cloud, lambda text: None, quick).deploy(release, packages, pages).uploaded == 0
    assert Undeployer(cloud, lambda text: None, quick).undeploy(release).kept == f"{release.stem}-data"
