"""A user pool, whole: for browsers, for local code, and for whoever verifies its tokens."""

from __future__ import annotations

import asyncio

from deep.local.http.reply import Reply, json_reply, message_reply
from deep.local.http.request import HttpRequest
from deep.local.identity.aws_json import AwsJsonService
from deep.local.identity.pool.accounts import Accounts
from deep.local.identity.pool.admin import Administration
from deep.local.identity.pool.parts import Parts, PoolKeep
from deep.local.identity.pool.settings import ENDPOINT, PoolSettings
from deep.local.identity.pool.sign_in import Challenges, SignIn
from deep.local.identity.pool.tokens import Signed
from deep.local.identity.web_tokens import ALGORITHM


class UserPool:
    """The pool of one app. `public` holds the operations a browser may call, `everything` those of administrators too."""

    def __init__(self, settings: PoolSettings, keep: PoolKeep, challenges: Challenges | None = None) -> None:
        self.settings = settings
        self.parts = Parts(settings, keep)
        self._challenges = challenges or Challenges()
        operations = {**Accounts(self.parts).operations(), **SignIn(self.parts, self._challenges).operations()}
        self.public = AwsJsonService("CognitoIdentityProvider", operations)
        self.everything = AwsJsonService("CognitoIdentityProvider", {**operations, **Administration(self.parts).operations()})

    def with_settings(self, settings: PoolSettings) -> UserPool:
        """The same users under other settings, as an edit of the app brings them; sign-ins under way go on."""
        return UserPool(settings, self.parts.keep, self._challenges)

    def signed(self, id_token: str) -> Signed:
        """Whom an id token of this pool tells of. Raises Declined."""
        return self.parts.tokens.by_id_token(id_token)

    async def serve(self, request: HttpRequest) -> Reply:
        """`POST /_/cognito-idp`."""
        return await self.public.serve(request)

    async def describe(self, request: HttpRequest) -> Reply:
        """`GET /_/cognito-idp/<pool>/.well-known/...`: the keys, and where they are (OpenID Connect Discovery)."""
        kept = (b"cache-control", b"public, max-age=300")
        match request.path.removeprefix(f"{ENDPOINT}/{self.settings.pool_id}"):
            case "/.well-known/jwks.json":
                return json_reply(200, await asyncio.to_thread(self.parts.keep.key.published), kept)
            case "/.well-known/openid-configuration":
                return json_reply(200, self._discovery(), kept)
            case _:
                return message_reply(404, "Not Found")

    def _discovery(self) -> dict[str, object]:
        issuer = self.settings.issuer
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }
