"""Temporary credentials of local runs: made from one secret, known again by it, and stored nowhere.

A session token is the bearer's claims and a MAC over them; access key and secret key are derived from the token. Whoever holds the secret, which lies
in the property's `.deep/` and never leaves this machine, can tell a true token and knows its keys. No deployed service accepts any of it.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, assert_never

import orjson

from deep.frozen import dataclass
from deep.local.identity.principal import Principal
from deep.wire.sigv4 import signing_key

LONGEST_TOKEN = 16_384
_NEVER = 1 << 53
_MOST_KNOWN = 10_000
_MOST_SCOPES = 16
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class IdentityBearer:
    """A browser, or any program, with the credentials of a Cognito identity."""

    principal: Principal


@dataclass(frozen=True, slots=True)
class FunctionBearer:
    """A function with its own execution role. `action` is an identifier: `deep.todo:task:create`."""

    action: str


@dataclass(frozen=True, slots=True)
class DataBearer:
    """A function in its data role, bound to one identity's items."""

    action: str
    identity_id: str


Bearer = IdentityBearer | FunctionBearer | DataBearer


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary credentials as AWS gives them out. `expires` is in Unix seconds, None for credentials of a function of this run."""

    access_key: str
    secret_key: str
    session_token: str
    expires: int | None


class InvalidToken(Exception):
    """The session token was not made by this platform, or has expired (`expired`); its text is what AWS says then."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__(f"The security token included in the request is {'expired' if expired else 'invalid.'}")
        self.expired = expired


class Holder:
    """Who holds a session token that was found true, and all that follows from it, so that it is worked out once."""

    __slots__ = ("_keys", "access_key", "bearer", "expires", "secret_key")

    def __init__(self, bearer: Bearer, expires: int, access_key: str, secret_key: str) -> None:
        self.bearer = bearer
        self.expires = expires
        self.access_key = access_key
        self.secret_key = secret_key
        self._keys: dict[str, hmac.HMAC] = {}

    def signing_key(self, scope: str) -> hmac.HMAC:
        """The key that signs within `scope` (`day/region/service/aws4_request`), remembered."""
        key = self._keys.get(scope)
        if key is None:
            if len(self._keys) >= _MOST_SCOPES:
                self._keys.clear()
            key = self._keys[scope] = signing_key(self.secret_key, scope)
        return key


class Vault:
    """Gives out temporary credentials and knows them again. `clock` tells Unix seconds."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self.clock = clock
        self._known: dict[str, Holder] = {}

    def issue(self, bearer: Bearer, lifetime_s: int | None) -> Credentials:
        """Credentials for `bearer`; with `lifetime_s` None they hold as long as the secret does."""
        expires = None if lifetime_s is None else int(self.clock()) + lifetime_s
        claims = urlsafe_b64encode(orjson.dumps({"of": _claims(bearer), "exp": expires or _NEVER, "n": secrets.token_hex(4)})).decode()
        token = f"local.{claims}.{self._mac(claims)}"
        return Credentials(self._access_key(token), self._secret_key(token), token, expires)

    def bearer(self, session_token: str) -> Bearer:
        """Who bears this session token. Raises InvalidToken."""
        return self.holder(session_token).bearer

    def holder(self, session_token: str) -> Holder:
        """Who bears this session token, and its keys. Raises InvalidToken."""
        known = self._known.get(session_token) or self._verified(session_token)
        if known.expires <= self.clock():
            raise InvalidToken(expired=True)
        return known

    def _verified(self, token: str) -> Holder:
        parts = token.split(".") if len(token) <= LONGEST_TOKEN and token.isascii() else []
        if len(parts) != 3 or parts[0] != "local" or not hmac.compare_digest(parts[2], self._mac(parts[1])):
            raise InvalidToken(expired=False)
        claims = orjson.loads(urlsafe_b64decode(parts[1]))  # MACed by us, so in the form we write
        known = Holder(_bearer(claims["of"]), claims["exp"], self._access_key(token), self._secret_key(token))
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[token] = known
        return known

    def _access_key(self, token: str) -> str:
        return "ASIA" + b32encode(self._digest(f"access {token}"))[:16].decode()

    def _secret_key(self, token: str) -> str:
        return urlsafe_b64encode(self._digest(f"secret {token}"))[:40].decode()

    def _mac(self, claims: str) -> str:
        return urlsafe_b64encode(self._digest(f"token {claims}")).decode().rstrip("=")

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def load_secret(path: Path) -> bytes:
    """The secret at `path`, made on first use; readable by its owner alone."""
    with suppress(FileNotFoundError):
        found = path.read_bytes()
        if len(found) == SECRET_BYTES:
            return found
    fresh = secrets.token_bytes(SECRET_BYTES)
    write_private(path, fresh)
    return fresh


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)


def _claims(bearer: Bearer) -> list[Any]:
    match bearer:
        case IdentityBearer(principal):
            who = principal
            return ["identity", who.role, who.identity_id, who.username, who.user_id, who.groups, who.login]
        case FunctionBearer(action):
            return ["function", action]
        case DataBearer(action, identity_id):
            return ["data", action, identity_id]
        case _:
            assert_never(bearer)


def _bearer(claims: list[Any]) -> Bearer:
    match claims:
        case ["identity", role, identity_id, username, user_id, groups, login]:
            return IdentityBearer(Principal(role, identity_id, username, user_id, tuple(groups), login))
        case ["function", action]:
            return FunctionBearer(action)
        case ["data", action, identity_id]:
            return DataBearer(action, identity_id)
        case _:
            raise InvalidToken(expired=False)
