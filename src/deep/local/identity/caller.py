"""Who calls, as functions are told it."""

from __future__ import annotations

import orjson

from deep.frozen import dataclass
from deep.local.identity.principal import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the event's `authorizer` says it; `authorizer` is JSON text ready to be inserted, empty for callers nobody identified."""

    identity_id: str | None
    authorizer: bytes = b""


UNIDENTIFIED = Caller(None)


def caller_of(principal: Principal, pool_id: str, account_id: str, access_key: str = "LOCAL") -> Caller:
    """A request signed with the identity's credentials, as an HTTP API tells its function: `requestContext.authorizer.iam`."""
    session = f"AROA{principal.role.upper()}:CognitoIdentityCredentials"
    iam = {
        "accessKey": access_key,
        "accountId": account_id,
        "callerId": session,
        "cognitoIdentity": {
            "amr": principal.authentication(account_id),
            "identityId": principal.identity_id,
            "identityPoolId": pool_id,
        },
        "principalOrgId": None,
        "userArn": f"arn:aws:sts::{account_id}:assumed-role/{principal.role}/CognitoIdentityCredentials",
        "userId": session,
    }
    return Caller(principal.identity_id, b',"authorizer":' + orjson.dumps({"iam": iam}))
