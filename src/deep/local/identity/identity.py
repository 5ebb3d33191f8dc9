"""Anonymous identities of local runs, over Cognito's own protocol (AWS JSON 1.1), so that browser and boto3 obtain them as they do when deployed.

Cognito gives whoever knows an anonymous IdentityId its credentials again, so do we: nothing is stored (`vault.py`).
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import orjson

from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import Caller, caller_of
from deep.local.identity.principal import UNAUTHENTICATED, Principal
from deep.local.identity.vault import IdentityBearer, InvalidToken, Vault

LIFETIME_S = 3600
_IDENTITY_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_AWS_JSON = (b"content-type", b"application/x-amz-json-1.1")


def anonymous_identity(pool_id: str) -> str:
    """Who a request without a token is in local runs: always the same identity of the app's pool."""
    return f"{_region_of(pool_id)}:{uuid.uuid5(uuid.NAMESPACE_URL, f'{pool_id}/anonymous')}"


class Identities:
    """Gives out anonymous identities and knows them again by their session tokens."""

    def __init__(self, vault: Vault, pool_id: str, account_id: str) -> None:
        self.vault = vault
        self._pool_id = pool_id
        self._account_id = account_id
        self._region = _region_of(pool_id)
        self.anonymous = self._caller(Principal(UNAUTHENTICATED, anonymous_identity(pool_id)))

    def caller(self, token: str | None) -> Caller:
        """Who bears this session token. Raises InvalidToken, for a function's too: functions do not call as people."""
        if token is None:
            return self.anonymous
        bearer = self.vault.bearer(token)
        if not isinstance(bearer, IdentityBearer):
            raise InvalidToken(expired=False)
        return self._caller(bearer.principal, self.vault.access_key(token))

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
        given = self.vault.issue(IdentityBearer(Principal(UNAUTHENTICATED, identity_id)), LIFETIME_S)
        credentials: dict[str, str | float]
        credentials = {"AccessKeyId": given.access_key, "SecretKey": given.secret_key, "SessionToken": given.session_token}
        credentials["Expiration"] = float(given.expires or 0)
        return _answer({"IdentityId": identity_id, "Credentials": credentials})

    def _caller(self, principal: Principal, access_key: str = "LOCAL") -> Caller:
        return caller_of(principal, self._pool_id, self._account_id, access_key)


def _region_of(pool_id: str) -> str:
    region, colon, _ = pool_id.partition(":")
    return region if colon else "us-east-1"


def _answer(document: dict[str, Any]) -> Reply:
    return Reply(200, [_AWS_JSON, (b"cache-control", b"no-store")], orjson.dumps(document))


def _refusal(error_type: str, message: str) -> Reply:
    return Reply(400, [_AWS_JSON, (b"x-amzn-errortype", error_type.encode())], orjson.dumps({"__type": error_type, "message": message}))
