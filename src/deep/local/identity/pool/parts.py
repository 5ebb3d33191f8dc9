"""A pool's parts, as its operations use them, and what several operations ask."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from deep.frozen import dataclass
from deep.local.identity.aws_json import Asked, Declined
from deep.local.identity.pool.attempts import Attempts
from deep.local.identity.pool.codes import Codes, Surroundings
from deep.local.identity.pool.keys import TokenKey
from deep.local.identity.pool.passwords import Proof, proof_of
from deep.local.identity.pool.sessions import Sessions
from deep.local.identity.pool.settings import PoolSettings
from deep.local.identity.pool.store import Store
from deep.local.identity.pool.tokens import Tokens
from deep.local.identity.pool.users import User, Users

LONGEST_NAME = 128
LONGEST_ATTRIBUTE = 2048
_USERNAME = re.compile(r"[^\s\x00-\x1f\x7f]+\Z")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+\Z")
_STANDARD = frozenset(("address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name", "nickname")) | {
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "website",
    "zoneinfo",
}
_OURS = frozenset(("sub", "email_verified", "phone_number_verified", "updated_at"))
"""Attributes that no client may write."""


@dataclass(frozen=True, slots=True)
class PoolKeep:
    """What stays when the app, and with it the pool's settings, change: the store, the key, the world around."""

    store: Store
    key: TokenKey
    world: Surroundings

    @classmethod
    def open(cls, folder: Path, pool_id: str, tell: Callable[[str], None], clock: Callable[[], float] = time.time) -> PoolKeep:
        """Opens the pool's files in `folder`, making what is not there."""
        return cls(Store(folder / f"{pool_id}.sqlite"), TokenKey(folder / "tokens.pem"), Surroundings(clock, tell))


class Parts:
    """A pool with everything its operations need."""

    def __init__(self, settings: PoolSettings, keep: PoolKeep) -> None:
        store, world = keep.store, keep.world
        self.settings = settings
        self.keep = keep
        self.users = Users(store)
        self.attempts = Attempts(store, world.clock)
        self.codes = Codes(store, self.attempts, world)
        self.sessions = Sessions(store, world.clock)
        self.tokens = Tokens(settings, keep.key, self.users, self.sessions, world.clock)

    def check_client(self, asked: Asked) -> None:
        """Raises Declined unless the request names the pool's client, which has no secret."""
        client_id = asked.text("ClientId")
        if client_id != self.settings.client_id:
            raise Declined("ResourceNotFoundException", f"User pool client {client_id[:100]} does not exist.")
        if asked.text_or_none("SecretHash") is not None:
            raise Declined("NotAuthorizedException", f"Client {client_id} is configured without a secret but secret hash was received")

    def bearer(self, asked: Asked) -> User:
        """Whose `AccessToken` it is. Raises Declined."""
        user = self.tokens.by_access_token(asked.text("AccessToken")).user
        if not user.enabled:
            raise Declined("NotAuthorizedException", "User is disabled.")
        return user

    def new_user(self, username: str, status: str, password: str, attributes: Mapping[str, str]) -> User:
        """A user that is not in the store yet. Raises Declined for a name or password that may not be."""
        if not _USERNAME.match(username):
            raise Declined("InvalidParameterException", "Value at 'username' failed to satisfy constraint: no spaces or control characters")
        now = self.keep.world.clock()
        return User(username, status, self.proof(username, password), now, now).with_attributes(attributes)

    def proof(self, username: str, password: str) -> Proof:
        return proof_of(self.settings.name, username, password)

    def fits(self, user: User, password: str) -> bool:
        return user.proof.fits(self.settings.name, user.username, password)

    def add(self, user: User) -> None:
        """Adds a user. Raises Declined when there is one of that name."""
        with self.keep.store.change():
            if self.users.find(user.username) is not None:
                raise Declined("UsernameExistsException", "User already exists")
            self.users.save(user)

    def change(self, user: User, **changes: object) -> User:
        """Saves a user with other values; answers the new state. Raises Declined when the user is gone meanwhile."""
        with self.keep.store.change():
            found = self.users.find_sub(user.sub)
            if found is None:
                raise Declined("UserNotFoundException", "User does not exist.")
            changed: User = replace(found, modified=self.keep.world.clock(), **changes)  # type: ignore[arg-type]  # fields of User, by name
            self.users.save(changed)
        return changed


def checked_attributes(attributes: Mapping[str, str], *, by_admin: bool = False) -> dict[str, str]:
    """The attributes a request sets. Raises Declined for those that Cognito does not know, or that are not the client's to write."""
    for name, value in attributes.items():
        if name in _OURS and not (by_admin and name == "email_verified"):
            raise Declined("NotAuthorizedException", "A client attempted to write unauthorized attribute")
        if name not in _STANDARD and name not in _OURS:
            told = f"Attributes did not conform to the schema: Type for attribute {{{name[:32]}}} could not be determined"
            raise Declined("InvalidParameterException", told)
        if len(value) > LONGEST_ATTRIBUTE or (name == "email" and value and not _EMAIL.match(value)):
            told = "Invalid email address format." if name == "email" else f"Attributes did not conform to the schema: {name}: String is too long"
            raise Declined("InvalidParameterException", told)
    return dict(attributes)
