"""Anonymous identities of local runs, over Cognito's own protocol (AWS JSON 1.1), so that browser and boto3 obtain them as they do when deployed.

Cognito gives whoever knows an anonymous IdentityId its credentials again, so do we: nothing is stored. A session token carries the identity and its
expiry, and is signed with a secret kept in the property's `.deep/` folder. The secret never leaves this machine and no deployed service accepts it.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import time
import uuid
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import Caller, authorizer

LIFETIME_S = 3600
LONGEST_TOKEN = 4096
_IDENTITY_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_AWS_JSON = (b"content-type", b"application/x-amz-json-1.1")
_MOST_REMEMBERED = 10_000


class InvalidToken(Exception):
    """The session token was not made by this platform, or has expired; its text is what AWS says then."""


def load_secret(path: Path) -> bytes:
    """The signing secret at `path`, made on first use; readable by its owner alone."""
    with suppress(FileNotFoundError):
        found = path.read_bytes()
        if len(found) == 32:
            return found
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_bytes(32)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(fresh)
    beside.replace(path)
    return fresh


def anonymous_identity(pool_id: str) -> str:
    """Who a request without a token is in local runs: always the same identity of the app's pool."""
    return f"{_region_of(pool_id)}:{uuid.uuid5(uuid.NAMESPACE_URL, f'{pool_id}/anonymous')}"


class Identities:
    """Gives out anonymous identities and knows them again by their session tokens."""

    def __init__(self, secret: bytes, pool_id: str, account_id: str, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._pool_id = pool_id
        self._account_id = account_id
        self._clock = clock
        self._region = _region_of(pool_id)
        self._remembered: dict[str, tuple[float, Caller]] = {}
        self.anonymous = self._caller(anonymous_identity(pool_id))

    def caller(self, token: str | None) -> Caller:
        """Who bears this session token. Raises InvalidToken."""
        if token is None:
            return self.anonymous
        known = self._remembered.get(token)
        expires, caller = known or self._verified(token)
        if expires <= self._clock():
            raise InvalidToken("The security token included in the request is expired")
        if known is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[token] = (expires, caller)
        return caller

    async def serve(self, request: HttpRequest) -> Reply:
        """`POST /_/cognito-identity`: GetId and GetCredentialsForIdentity of anonymous identities."""
        try:
            asked = orjson.loads(await request.body() or b"{}")
        except orjson.JSONDecodeError:
            return _refusal("SerializationException", "The request is not JSON")
        if not isinstance(asked, dict):
            return _refusal("SerializationException", "The request is not a JSON object")
        match request.headers.get("x-amz-target", "").rpartition(".")[2]:
            case "GetId":
                return self._get_id(asked)
            case "GetCredentialsForIdentity":
                return self._get_credentials(asked)
            case other:
                return _refusal("UnknownOperationException", f"Local identities know GetId and GetCredentialsForIdentity, not {other!r}")

    def token(self, identity_id: str, expires: int) -> str:
        """A session token for `identity_id`, valid until `expires` (Unix seconds)."""
        claims = urlsafe_b64encode(orjson.dumps({"sub": identity_id, "exp": expires})).decode()
        return f"local.{claims}.{self._signature(claims)}"

    def _get_id(self, asked: dict[str, Any]) -> Reply:
        if asked.get("IdentityPoolId") != self._pool_id:
            return _refusal("ResourceNotFoundException", f"IdentityPool '{asked.get('IdentityPoolId')}' not found.")
        if asked.get("Logins"):
            return _refusal("NotAuthorizedException", "Local identities are anonymous: send no Logins")
        return _answer({"IdentityId": f"{self._region}:{uuid.uuid4()}"})

    def _get_credentials(self, asked: dict[str, Any]) -> Reply:
        identity_id = asked.get("IdentityId")
        if not isinstance(identity_id, str) or not _IDENTITY_ID.match(identity_id):
            return _refusal("ResourceNotFoundException", f"Identity '{identity_id}' not found.")
        if asked.get("Logins"):
            return _refusal("NotAuthorizedException", "Local identities are anonymous: send no Logins")
        expires = int(self._clock()) + LIFETIME_S
        token = self.token(identity_id, expires)
        access_key = "ASIA" + b32encode(self._digest(f"access {token}"))[:16].decode()
        secret_key = urlsafe_b64encode(self._digest(f"secret {token}"))[:40].decode()
        credentials = {"AccessKeyId": access_key, "SecretKey": secret_key, "SessionToken": token, "Expiration": float(expires)}
        return _answer({"IdentityId": identity_id, "Credentials": credentials})

    def _verified(self, token: str) -> tuple[float, Caller]:
        parts = token.split(".") if len(token) <= LONGEST_TOKEN and token.isascii() else []
        if len(parts) != 3 or parts[0] != "local" or not hmac.compare_digest(parts[2], self._signature(parts[1])):
            raise InvalidToken("The security token included in the request is invalid.")
        claims = orjson.loads(urlsafe_b64decode(parts[1]))  # signed by us, so in the form we write
        return claims["exp"], self._caller(claims["sub"])

    def _caller(self, identity_id: str) -> Caller:
        return Caller(identity_id, authorizer(identity_id, self._pool_id, self._account_id))

    def _signature(self, claims: str) -> str:
        return urlsafe_b64encode(self._digest(f"token {claims}")).decode()

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def _region_of(pool_id: str) -> str:
    region, colon, _ = pool_id.partition(":")
    return region if colon else "us-east-1"


def _answer(document: dict[str, Any]) -> Reply:
    return Reply(200, [_AWS_JSON, (b"cache-control", b"no-store")], orjson.dumps(document))


def _refusal(error_type: str, message: str) -> Reply:
    return Reply(400, [_AWS_JSON, (b"x-amzn-errortype", error_type.encode())], orjson.dumps({"__type": error_type, "message": message}))
