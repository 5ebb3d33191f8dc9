"""Who calls, as functions are told it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the event's `authorizer` says it; `authorizer` is JSON text ready to be inserted, empty for callers nobody identified."""

    identity_id: str | None
    authorizer: bytes = b""


UNIDENTIFIED = Caller(None)


def authorizer(identity_id: str, pool_id: str, account_id: str) -> bytes:
    """The `authorizer` of a request signed with an anonymous Cognito identity's credentials, ready for `Caller`."""
    cognito = {"amr": ["unauthenticated"], "identityId": identity_id, "identityPoolId": pool_id}
    iam = {"accessKey": "LOCAL", "accountId": account_id, "callerId": identity_id, "cognitoIdentity": cognito, "principalOrgId": None}
    iam |= {"userArn": f"arn:aws:sts::{account_id}:assumed-role/unauthenticated/CognitoIdentityCredentials", "userId": identity_id}
    return b',"authorizer":' + orjson.dumps({"iam": iam})
