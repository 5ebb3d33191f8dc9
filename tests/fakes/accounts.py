"""A user pool in a temporary folder, with a clock of its own and an ear for what mails would say; served over HTTP when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from deep.local.http.reply import Reply, message_reply
from deep.local.http.request import HttpRequest
from deep.local.identity.identity import Identities, Realm
from deep.local.identity.pool.parts import PoolKeep
from deep.local.identity.pool.pool import UserPool
from deep.local.identity.pool.settings import ENDPOINT, Group, settings_of
from deep.local.identity.providers import ProviderKeys, Providers
from deep.local.identity.vault import Vault
from tests.fakes.clock import Clock
from tests.fakes.http import Replying, serving

IDENTITY_POOL = "us-east-1:00000000-0000-4000-8000-000000000000"
PASSWORD = "Correct-horse-1"
GROUPS = (Group("editors", "arn:aws:iam::123456789012:role/Editors", 0), Group("readers", "arn:aws:iam::123456789012:role/Readers", 1))


@dataclass
class House:
    """A pool and all that belongs to it. `told` holds what mails would say; `url` is where it is served, or would be."""

    folder: Path
    url: str = "http://localhost:8000"
    trusted: dict[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = field(default_factory=Clock)
    told: list[str] = field(default_factory=list)
    app: str = "todo"

    def __post_init__(self) -> None:
        settings = settings_of("us-east-1", self.app, self.url, GROUPS)
        self.pool = UserPool(settings, PoolKeep.open(self.folder, settings.pool_id, self.told.append, self.clock))
        self.vault = Vault(b"k" * 32, self.clock)
        self.identities = Identities(self.vault, Realm(IDENTITY_POOL, "123456789012", self.pool, Providers(self.trusted, ProviderKeys(self.clock))))

    @property
    def code(self) -> str:
        """The last code that was told."""
        found = re.search(r"code (\d{6}) for", self.told[-1])
        assert found, self.told
        return found[1]

    def call(self, operation: str, **document: Any) -> dict[str, Any]:
        """An operation of the user pool, as its client; administrators' too. Raises Declined."""
        names = {"UserPoolId": self.pool.settings.pool_id} if operation.startswith(("Admin", "List", "GetGroup")) else self._client(operation)
        return self.pool.everything.call(operation, {**names, **document})

    def _client(self, operation: str) -> dict[str, str]:
        by_token = ("GetUser", "ChangePassword", "UpdateUserAttributes", "VerifyUserAttribute", "DeleteUser", "GlobalSignOut")
        return {} if operation.startswith(by_token) else {"ClientId": self.pool.settings.client_id}

    def add(self, name: str = "ada", *groups: str) -> None:
        """A user who has proved their address, with the password `PASSWORD`."""
        attributes = [{"Name": "email", "Value": f"{name}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        self.call("AdminCreateUser", Username=name, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.call("AdminSetUserPassword", Username=name, Password=PASSWORD, Permanent=True)
        for group in groups:
            self.call("AdminAddUserToGroup", Username=name, GroupName=group)

    def sign_in(self, name: str = "ada", password: str = PASSWORD) -> dict[str, Any]:
        """The tokens of a sign-in with a password."""
        parameters = {"USERNAME": name, "PASSWORD": password}
        answer = self.call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    def close(self) -> None:
        self.pool.parts.keep.store.close()

    async def reply(self, request: HttpRequest) -> Reply:
        """The services at their addresses, administrators' operations at `/admin`."""
        match request.path:
            case "/_/cognito-idp":
                return await self.pool.serve(request)
            case "/_/cognito-identity":
                return await self.identities.serve(request)
            case "/admin":
                return await self.pool.everything.serve(request)
            case path if path.startswith(ENDPOINT):
                return await self.pool.describe(request)
            case _:
                return message_reply(404, "Not Found")


@dataclass(frozen=True, slots=True)
class ServedHouse:
    """A house on a free port, and boto3's clients of its services."""

    house: House
    url: str

    def client(self, service: str, path: str) -> Any:
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        return boto3.client(service, region_name="us-east-1", endpoint_url=f"{self.url}{path}", config=config, **keys)

    @property
    def users(self) -> Any:
        return self.client("cognito-idp", "/_/cognito-idp")

    @property
    def admin(self) -> Any:
        return self.client("cognito-idp", "/admin")

    @property
    def identities(self) -> Any:
        return self.client("cognito-identity", "/_/cognito-identity")


@contextmanager
def served_house(folder: Path, **options: Any) -> Iterator[ServedHouse]:
    """A house whose issuer is where it is truly served."""
    house: House | None = None

    async def reply(request: HttpRequest) -> Reply:
        assert house is not None
        return await house.reply(request)

    with serving(Replying(reply)) as http:
        url = f"http://localhost:{http.port}"
        house = House(folder, url, **options)
        yield ServedHouse(house, url)
        house.close()
