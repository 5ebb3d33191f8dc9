"""The identity pool of local runs, over Cognito's own protocol (AWS JSON 1.1), so that browser and boto3 obtain identities as they do when deployed.

Cognito gives whoever knows an anonymous IdentityId its credentials again, so do we: such identities are stored nowhere (`vault.py`). Whoever signs in
proves a login instead, and is the same identity everywhere (`links.py`). Source: Amazon Cognito identity pools API reference.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from deep.frozen import dataclass
from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.identity.aws_json import Asked, AwsJsonService, Declined
from deep.local.identity.caller import caller_of
from deep.local.identity.links import Links, Login
from deep.local.identity.pool.pool import UserPool
from deep.local.identity.pool.users import User
from deep.local.identity.principal import AUTHENTICATED, UNAUTHENTICATED, Principal
from deep.local.identity.providers import Providers
from deep.local.identity.vault import IdentityBearer, Vault
from deep.local.identity.web_tokens import TokenRefused

LIFETIME_S = 3600
MOST_LOGINS = 10
_IDENTITY_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def anonymous_identity(pool_id: str) -> str:
    """Who a request without a token is in local runs: always the same identity of the app's pool."""
    return f"{_region_of(pool_id)}:{uuid.uuid5(uuid.NAMESPACE_URL, f'{pool_id}/anonymous')}"


@dataclass(frozen=True, slots=True)
class _Proved:
    """A login whose token was true. `roles` are the groups whose role it may take, the one it takes unasked first."""

    login: Login
    key: str
    username: str | None = None
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def principal(self, role: str, identity_id: str) -> Principal:
        return Principal(role, identity_id, self.username, self.login.subject, self.groups, self.key)


@dataclass(frozen=True, slots=True)
class Realm:
    """Where identities belong: the identity pool's id and the account, whose users sign in there, and the other providers the app trusts."""

    pool_id: str
    account_id: str
    users: UserPool
    providers: Providers


class Identities:
    """Gives out identities and their credentials, and knows them again by their session tokens."""

    def __init__(self, vault: Vault, realm: Realm) -> None:
        self.vault = vault
        self.users = realm.users
        self._realm = realm
        self._region = _region_of(realm.pool_id)
        self._links = Links(realm.users.parts.keep.store, lambda: f"{self._region}:{uuid.uuid4()}")
        self.service = AwsJsonService("AWSCognitoIdentityService", {"GetId": self._get_id, "GetCredentialsForIdentity": self._get_credentials})
        self.visitor = Principal(UNAUTHENTICATED, anonymous_identity(realm.pool_id))
        self.anonymous = caller_of(self.visitor, realm.pool_id, realm.account_id)

    def of_user(self, user_id: str) -> str:
        """The identity of a user of our own, by their `sub`; made if they never signed in."""
        return self._links.identity_of([Login(self.users.settings.pool_id, user_id)])

    def principal_of(self, user: User) -> Principal:
        """A user of our own as they act when they have signed in."""
        mine = self.users.parts.users.groups(user)
        groups = tuple(group.name for group in self.users.settings.groups if group.name in mine)
        return Principal((*groups, AUTHENTICATED)[0], self.of_user(user.sub), user.username, user.sub, groups, self.users.settings.login)

    async def serve(self, request: HttpRequest) -> Reply:
        """`POST /_/cognito-identity`."""
        return await self.service.serve(request)

    def _get_id(self, asked: Asked) -> dict[str, Any]:
        pool_id = asked.text("IdentityPoolId")
        if pool_id != self._realm.pool_id:
            raise Declined("ResourceNotFoundException", f"IdentityPool '{pool_id[:100]}' not found.")
        proved = self._proved(asked)
        if not proved:
            return {"IdentityId": f"{self._region}:{uuid.uuid4()}"}
        return {"IdentityId": self._links.identity_of([one.login for one in proved])}

    def _get_credentials(self, asked: Asked) -> dict[str, Any]:
        identity_id = asked.text("IdentityId")
        if not _IDENTITY_ID.match(identity_id):
            raise Declined("ResourceNotFoundException", f"Identity '{identity_id[:100]}' not found.")
        proved = self._proved(asked)
        wanted = asked.text_or_none("CustomRoleArn")
        role = self._role(proved[0] if proved else None, wanted)
        self._links.claim(identity_id, [one.login for one in proved])
        principal = proved[0].principal(role, identity_id) if proved else Principal(role, identity_id)
        given = self.vault.issue(IdentityBearer(principal), LIFETIME_S)
        credentials = {
            "AccessKeyId": given.access_key,
            "SecretKey": given.secret_key,
            "SessionToken": given.session_token,
            "Expiration": float(given.expires or 0),
        }
        return {"IdentityId": identity_id, "Credentials": credentials}

    def _proved(self, asked: Asked) -> list[_Proved]:
        """The logins of a request, each verified. Raises Declined for the first that is not true."""
        logins = asked.texts("Logins")
        if len(logins) > MOST_LOGINS:
            raise Declined("InvalidParameterException", f"Value at 'logins' failed to satisfy constraint: at most {MOST_LOGINS}")
        return [self._proved_login(key, token) for key, token in logins.items()]

    def _proved_login(self, key: str, token: str) -> _Proved:
        settings = self.users.settings
        if key in (settings.login, f"cognito-idp.{self._region}.amazonaws.com/{settings.pool_id}"):
            return self._proved_user(token)
        try:
            return _Proved(Login(key, self._realm.providers.subject(key, token)), key)
        except TokenRefused as refused:
            raise Declined("NotAuthorizedException", str(refused)) from None

    def _proved_user(self, token: str) -> _Proved:
        signed = self.users.signed(token)
        if not signed.user.enabled:
            raise Declined("NotAuthorizedException", "User is disabled.")
        settings = self.users.settings
        groups = tuple(signed.claims.get("cognito:groups", ()))
        roles = tuple(group.name for group in settings.groups if group.role_arn in signed.claims.get("cognito:roles", ()))
        return _Proved(Login(settings.pool_id, signed.user.sub), settings.login, signed.user.username, groups, roles)

    def _role(self, proved: _Proved | None, wanted_arn: str | None) -> str:
        """The role whose credentials are given: the one asked for, if the login may take it; else by login and groups."""
        roles = proved.roles if proved else ()
        if wanted_arn is not None:
            arns = {group.role_arn: group.name for group in self.users.settings.groups if group.name in roles}
            if wanted_arn not in arns:
                raise Declined("NotAuthorizedException", "The requested role is not among those of the token.")
            return arns[wanted_arn]
        return UNAUTHENTICATED if proved is None else (*roles, AUTHENTICATED)[0]


def _region_of(pool_id: str) -> str:
    region, colon, _ = pool_id.partition(":")
    return region if colon else "us-east-1"
