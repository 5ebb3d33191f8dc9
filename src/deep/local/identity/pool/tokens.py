"""The tokens of a sign-in: made with Cognito's claims, and known again.

Source: Amazon Cognito Developer Guide, "Understanding user pool JSON web tokens".
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from deep.frozen import dataclass
from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.keys import TokenKey
from deep.local.identity.pool.sessions import Session, Sessions
from deep.local.identity.pool.settings import TOKEN_LIFETIME_S, PoolSettings
from deep.local.identity.pool.users import User, Users
from deep.local.identity.web_tokens import Expected, TokenRefused, verified_claims


@dataclass(frozen=True, slots=True)
class Signed:
    """A user as a true token tells of them: the account as it is now, and the token's claims."""

    user: User
    claims: dict[str, Any]


class Tokens:
    """Issues tokens of one pool and verifies them."""

    def __init__(self, settings: PoolSettings, key: TokenKey, users: Users, sessions: Sessions, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._key = key
        self._users = users
        self._sessions = sessions
        self._clock = clock

    def issue(self, user: User, session: Session, refresh_token: str | None = None) -> dict[str, Any]:
        """Cognito's `AuthenticationResult`; without a refresh token when the session's is used on."""
        given: dict[str, Any] = {"AccessToken": self._access(user, session), "ExpiresIn": TOKEN_LIFETIME_S, "TokenType": "Bearer"}
        if refresh_token is not None:
            given["RefreshToken"] = refresh_token
        given["IdToken"] = self._id(user, session)
        return given

    def by_access_token(self, token: str) -> Signed:
        """Who bears an access token. Raises Declined, in Cognito's words."""
        return self._verified(token, Expected((self._settings.issuer,), self._settings.client_id, "client_id", (("token_use", "access"),)))

    def by_id_token(self, token: str) -> Signed:
        """Whom an id token tells of. Raises Declined."""
        return self._verified(token, Expected((self._settings.issuer,), self._settings.client_id, "aud", (("token_use", "id"),)))

    def _verified(self, token: str, expected: Expected) -> Signed:
        try:
            claims = verified_claims(token, self._key.public, expected, self._clock())
        except TokenRefused as refused:
            raise Declined("NotAuthorizedException", str(refused)) from None
        user = self._users.find_sub(claims["sub"])
        if user is None or not self._sessions.is_open(str(claims.get("origin_jti"))):
            raise Declined("NotAuthorizedException", "Access Token has been revoked")
        return Signed(user, claims)

    def _id(self, user: User, session: Session) -> str:
        claims = dict(user.attributes) | self._claims(user, session, "id")
        if "email_verified" in user.attributes:
            claims["email_verified"] = user.attributes["email_verified"] == "true"
        claims |= {"aud": self._settings.client_id, "cognito:username": user.username}
        roles = [group.role_arn for group in self._settings.groups if group.name in claims.get("cognito:groups", ())]
        if roles:
            claims |= {"cognito:roles": roles, "cognito:preferred_role": roles[0]}
        return self._key.sign(claims)

    def _access(self, user: User, session: Session) -> str:
        claims = self._claims(user, session, "access")
        claims |= {"client_id": self._settings.client_id, "scope": "aws.cognito.signin.user.admin", "username": user.username}
        return self._key.sign(claims)

    def _claims(self, user: User, session: Session, use: str) -> dict[str, Any]:
        """What all tokens say. Groups stand in the order in which they act; those the app no longer has are left out."""
        now = int(self._clock())
        member_of = self._users.groups(user)
        groups = [group.name for group in self._settings.groups if group.name in member_of]
        claims: dict[str, Any] = {
            "sub": user.sub,
            "iss": self._settings.issuer,
            "token_use": use,
            "origin_jti": session.origin,
            "jti": str(uuid.uuid4()),
            "event_id": str(uuid.uuid4()),
            "auth_time": session.auth_time,
            "iat": now,
            "exp": now + TOKEN_LIFETIME_S,
        }
        return claims | ({"cognito:groups": groups} if groups else {})
