"""An app as `deepify deploy` leaves it in ministack's account, reached through the edge at the address that the deploy told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pycognito.aws_srp import AWSSRP

from deep.local.identity.principal import AUTHENTICATED, UNAUTHENTICATED
from deep.model import App, load_app
from deep.wiring.account import Where
from deep.wiring.deploying import deploy
from deep.wiring.foretelling import deploy_policy
from deep.wiring.hooking import hooks_before
from deep.wiring.planning import Consent
from tests.fakes.certificates import certificate
from tests.judges.calling import Caller, Keys, through_proxy
from tests.judges.deployer import OWNER, for_ministack, grant, make_deployer
from tests.judges.edge import Edge, running_edge
from tests.judges.ministack import Ministack, running_ministack

_PASSWORD = "Correct-horse-1"


@dataclass(frozen=True, slots=True)
class DeployedApp:
    """`url` is the distribution's, `outputs` those of the stacks, `deployer` whoever deployed it, as AWS's tools read it from the environment."""

    app: App
    account: Ministack
    edge: Edge
    url: str
    outputs: Mapping[str, str]
    deployer: Mapping[str, str] = field(default_factory=dict)

    def caller(self, role: str = UNAUTHENTICATED) -> Caller:
        """Somebody new who acts in `role`, with credentials of the identity pool as the browser library gets them."""
        region, pool = self.app.property.region, self.outputs["IdentityPool"]
        logins = {} if role == UNAUTHENTICATED else {"Logins": {self.outputs["UserPoolProvider"]: self._sign_up(role)}}
        identities = self.account.client("cognito-identity", region)
        identity = identities.get_id(IdentityPoolId=pool, **logins)["IdentityId"]
        given = identities.get_credentials_for_identity(IdentityId=identity, **logins)["Credentials"]
        keys = Keys(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
        signed_host = self.outputs["ApiUrl"].removeprefix("https://")
        return Caller(through_proxy(self.edge.port, self.outputs["SiteDomain"]), signed_host, region, keys)

    def _sign_up(self, role: str) -> str:
        """The identity token of a new user who is in the group `role`, or in none."""
        users, pool = self.account.client("cognito-idp", self.app.property.region), self.outputs["UserPool"]
        name = f"user{uuid4().hex}"
        users.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])
        users.admin_set_user_password(UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True)
        if role != AUTHENTICATED:
            users.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=role)
        answered = AWSSRP(name, _PASSWORD, pool, self.outputs["UserPoolClient"], client=users).authenticate_user()
        return str(answered["AuthenticationResult"]["IdToken"])


@contextmanager
def deployed(path: Path, folder: Path) -> Iterator[DeployedApp]:
    """Deploys the property at `path` to an account of its own in `folder`, by a user who has the computed policy alone, which the
    account's owner asked for. It ends with the block.

    The account is named in the environment, as AWS's own tools are led to an emulator, so that pages name AWS's services as they do on AWS.
    """
    hooks_before(("init", "pre-deploy"), path, lambda _: None, lambda _: None)
    app = load_app(path)
    with running_ministack(folder, app.property.region) as account, running_edge(account, tls_of(folder)) as edge:
        with pytest.MonkeyPatch.context() as environment, ThreadPoolExecutor(1) as thread:  # Playwright has the event loop of this one
            for name, value in {**OWNER, "AWS_ENDPOINT_URL": account.url}.items():
                environment.setenv(name, value)
            deployer = make_deployer(account)
            policy = thread.submit(deploy_policy, path, Where(), lambda _: None, live=True).result()
            grant(account, for_ministack(policy))
            for name, value in deployer.items():
                environment.setenv(name, value)
            done: Any = thread.submit(deploy, path, Where(), lambda _: None, Consent(lambda _: True)).result()
        yield DeployedApp(app, account, edge, done.url.rstrip("/"), done.outputs, {**deployer, "AWS_ENDPOINT_URL": account.url})


def tls_of(folder: Path) -> ssl.SSLContext:
    """For an edge; its certificate is kept in `folder`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    return context
