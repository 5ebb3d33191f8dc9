"""The local user pool as functions reach it: administration needs a right to it, as everywhere; what browsers may ask, functions may ask too.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Cognito User Pools".
"""

from __future__ import annotations

from deep.local.door.call import Call
from deep.local.door.wording import Refused
from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest
from deep.local.identity.pool.pool import UserPool

_TARGET = "AWSCognitoIdentityProviderService."


class Accounts:
    """Serves `cognito-idp` from a user pool, which changes with the app; there is none before `use`."""

    def __init__(self) -> None:
        self._users: UserPool | None = None

    def use(self, users: UserPool) -> None:
        self._users = users

    def takes_unsigned(self, asked: HttpRequest) -> bool:
        """SDKs leave operations unsigned that anybody may ask for, such as signing in."""
        return asked.headers.get("x-amz-target", "").startswith(_TARGET)

    async def serve(self, call: Call) -> Reply:
        """An operation that was signed: judged as IAM does, on the pool that it names."""
        users, names = self._pool(), call.policies.names
        pool_id = call.document().get("UserPoolId", users.settings.pool_id)
        call.need(f"cognito-idp:{call.operation}", f"arn:{names.partition}:cognito-idp:{names.region}:{names.account_id}:userpool/{pool_id}")
        return await users.everything.answer(call.operation, call.asked.body)

    async def serve_unsigned(self, asked: HttpRequest) -> Reply:
        """An operation that needs no signature; administration is not among them."""
        return await self._pool().public.answer(asked.headers["x-amz-target"].removeprefix(_TARGET), asked.body)

    def _pool(self) -> UserPool:
        if self._users is None:
            raise Refused("NotImplemented", "The local platform does not run the service cognito-idp here", 501)
        return self._users
