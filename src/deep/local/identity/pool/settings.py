"""What a user pool is, apart from its users: its names, which follow from the app's, and its groups."""

from __future__ import annotations

import string
from uuid import UUID, uuid5

from deep.frozen import dataclass
from deep.wire.config import UserPoolShape

_POOLS = UUID("0f5c9d34-6b5f-5b0e-8a55-2f2d4a1f7c11")
_DIGITS = string.digits + string.ascii_letters
ENDPOINT = "/_/cognito-idp"
TOKEN_LIFETIME_S = 3600
REFRESH_LIFETIME_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users: a role file of the app other than the two built-in ones. `role_arn` is the IAM role its members get."""

    name: str
    role_arn: str
    precedence: int


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """A user pool and its one client. `groups` stand in the order in which they act; `url` is where the platform answers: `http://localhost:8000`.

    A pool's tokens name `url` as their issuer, which no deployed service trusts.
    """

    pool_id: str
    client_id: str
    url: str
    groups: tuple[Group, ...] = ()

    @property
    def issuer(self) -> str:
        return f"{self.url}{ENDPOINT}/{self.pool_id}"

    @property
    def login(self) -> str:
        """The pool's key among `Logins`."""
        return self.issuer.partition("://")[2]

    @property
    def shape(self) -> UserPoolShape:
        """The pool as the browser's configuration has it."""
        return {"id": self.pool_id, "clientId": self.client_id, "endpoint": ENDPOINT, "issuer": self.issuer}

    @property
    def name(self) -> str:
        """The part of the pool's id that goes into passwords' proofs."""
        return self.pool_id.partition("_")[2]

    def group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)


def settings_of(region: str, app_identifier: str, url: str, groups: tuple[Group, ...] = ()) -> PoolSettings:
    """The pool of an app, the same in every run: ids in the form of Cognito's (`us-east-1_Ab3dEf6hI`, 26 letters and digits)."""
    number = uuid5(_POOLS, app_identifier).int
    client = uuid5(_POOLS, f"client of {app_identifier}").int
    return PoolSettings(f"{region}_{_written(number, 62, 9)}", _written(client, 36, 26), url, groups)


def _written(number: int, radix: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, radix)
        digits.append(_DIGITS[digit])
    return "".join(digits)
