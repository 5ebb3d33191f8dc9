"""An app as `deepify deploy` leaves it in ministack's account, reached through the edge at the address that the deploy told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deep.model import App, load_app
from deep.wiring.deploying import Where, deploy
from deep.wiring.planning import Consent
from tests.fakes.certificates import certificate
from tests.judges.calling import Caller, Keys, through_proxy
from tests.judges.edge import Edge, running_edge
from tests.judges.ministack import Ministack, running_ministack

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True, slots=True)
class DeployedApp:
    """`url` is the distribution's, `outputs` those of the stacks."""

    app: App
    account: Ministack
    edge: Edge
    url: str
    outputs: Mapping[str, str]

    def visitor(self) -> Caller:
        """Somebody new, with credentials of the identity pool as the browser library gets them."""
        region, pool = self.app.property.region, self.outputs["IdentityPool"]
        identities = self.account.client("cognito-identity", region)
        given = identities.get_credentials_for_identity(IdentityId=identities.get_id(IdentityPoolId=pool)["IdentityId"])["Credentials"]
        keys = Keys(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
        signed_host = self.outputs["ApiUrl"].removeprefix("https://")
        return Caller(through_proxy(self.edge.port, self.outputs["SiteDomain"]), signed_host, region, keys)


@contextmanager
def deployed(path: Path, folder: Path) -> Iterator[DeployedApp]:
    """Deploys the property at `path` to an account of its own in `folder`; all of it ends with the block.

    The account is named in the environment, as AWS's own tools are led to an emulator, so that pages name AWS's services as they do on AWS.
    """
    app = load_app(path)
    with running_ministack(folder, app.property.region) as account, running_edge(account, _tls(folder)) as edge:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in (KEYS | {"AWS_ENDPOINT_URL": account.url}).items():
                environment.setenv(name, value)
            done: Any = deploy(path, Where(), lambda _: None, Consent(lambda _: True))
        yield DeployedApp(app, account, edge, done.url.rstrip("/"), done.outputs)


def _tls(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    return context
