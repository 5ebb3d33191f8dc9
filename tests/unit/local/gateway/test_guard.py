"""Who is let through to an action. Parity 56, 89."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from deep.local.identity.principal import Principal
from deep.local.identity.vault import Bearer, Credentials, FunctionBearer, IdentityBearer
from deep.wire.sigv4 import Credentials as Keys
from deep.wire.sigv4 import Signer, canonical_request, signed_header_names
from tests.unit.local.conftest import POOL, Stage, guard, served

IDENTITY = "us-east-1:00000000-0000-4000-8000-000000000001"
CREATE = "/deep-todo/task/create"


def signed(credentials: Credentials, path: str, body: bytes, *, host: str, service: str = "execute-api", region: str = "us-east-1") -> dict[str, str]:
    """The headers of a request as the browser library signs it."""
    from hashlib import sha256

    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {"Host": host, "x-amz-date": date, "x-amz-security-token": credentials.session_token}
    canonical = canonical_request("POST", path, "", headers, sha256(body).hexdigest())
    signer = Signer(Keys(credentials.access_key, credentials.secret_key, credentials.session_token), region, service)
    return headers | {"authorization": signer.authorization(date, canonical, signed_header_names(headers))}


class Door:
    """A stage whose gateway lets nobody in without a signature."""

    def __init__(self, stage: Stage, *, development: bool = True) -> None:
        self.stage = stage
        strict = guard(stage.identities, None, development=development)
        stage.gateway.use(replace(served(stage.files, stage.identities), guard=strict))

    def credentials(self, bearer: Bearer, lifetime_s: int = 60) -> Credentials:
        return self.stage.identities.vault.issue(bearer, lifetime_s)

    def post(self, headers: dict[str, str], body: bytes = b"{}", path: str = CREATE) -> tuple[int, Any]:
        answer = self.stage.http.ask("POST", path, body, headers)
        return answer.status, answer.json()

    @property
    def host(self) -> str:
        return f"localhost:{self.stage.http.port}"


@pytest.fixture
def door(stage: Stage) -> Door:
    return Door(stage)


def of_role(role: str) -> IdentityBearer:
    return IdentityBearer(Principal(role, IDENTITY, "ada", "sub", (role,), "cognito-idp.us-east-1.amazonaws.com/us-east-1_x"))


def test_a_signed_request_of_a_role_that_may_is_let_through(door: Door) -> None:
    door.post(signed(door.credentials(of_role("editors")), CREATE, b"{}", host=door.host))
    (call,) = door.stage.functions.calls
    assert call.identity_id == IDENTITY
    iam = call.event["requestContext"]["authorizer"]["iam"]
    assert iam["cognitoIdentity"] == {
        "amr": [
            "authenticated",
            "cognito-idp.us-east-1.amazonaws.com/us-east-1_x",
            "cognito-idp.us-east-1.amazonaws.com/us-east-1_x:CognitoSignIn:sub",
        ],
        "identityId": IDENTITY,
        "identityPoolId": POOL,
    }
    assert "authorization" not in call.event["headers"]


def test_a_role_that_may_not_is_told_why_in_development_alone(stage: Stage) -> None:
    for development, told in ((True, {"reason": "nothing grants it", "help": "add it to a role"}), (False, {})):
        door = Door(stage, development=development)
        headers = signed(door.credentials(of_role("readers")), CREATE, b"{}", host=door.host)
        assert door.post(headers) == (403, {"message": "Forbidden", **told})
    assert stage.functions.calls == []


def test_an_unsigned_request_is_refused(door: Door) -> None:
    status, told = door.post({})
    assert (status, told["message"], "--act-as" in told["help"]) == (403, "Forbidden", True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: headers | {"authorization": headers["authorization"][:-1] + ("0" if headers["authorization"][-1] != "0" else "1")},
        lambda headers: headers | {"x-amz-security-token": headers["x-amz-security-token"][:-2] + "xx"},
        lambda headers: {name: value for name, value in headers.items() if name != "authorization"},
        lambda headers: {name: value for name, value in headers.items() if name != "x-amz-security-token"},
        lambda headers: headers | {"x-amz-date": "20160201T000000Z"},
        lambda headers: headers | {"x-amz-meta": "unsigned"},
    ],
    ids=["signature", "token", "no authorization", "no token", "date", "another header of AWS"],
)
def test_a_request_that_is_not_as_it_was_signed_is_refused(door: Door, spoil: Any) -> None:
    headers = spoil(signed(door.credentials(of_role("editors")), CREATE, b"{}", host=door.host))
    assert door.post(headers)[0] == 403
    assert door.stage.functions.calls == []


def test_another_body_path_service_or_region_is_refused(door: Door) -> None:
    mine = door.credentials(of_role("editors"))
    assert door.post(signed(mine, CREATE, b"{}", host=door.host), b'{"a":1}')[0] == 403
    assert door.post(signed(mine, "/deep-todo/task/fail", b"{}", host=door.host))[0] == 403
    assert door.post(signed(mine, CREATE, b"{}", host=door.host, service="lambda"))[0] == 403
    assert door.post(signed(mine, CREATE, b"{}", host=door.host, region="eu-west-1"))[0] == 403
    assert door.stage.functions.calls == []


def test_a_functions_own_credentials_do_not_call_the_api(door: Door) -> None:
    headers = signed(door.credentials(FunctionBearer("deep.todo:task:create")), CREATE, b"{}", host=door.host)
    assert door.post(headers)[0] == 403


def test_a_direct_call_is_signed_for_lambda_and_held_to_the_same_rule(door: Door) -> None:
    body = b'{"lambda": "deep.todo:task:create", "payload": {}}'

    def call(role: str, service: str) -> int:
        headers = signed(door.credentials(of_role(role)), "/_/lambda", body, host=door.host, service=service)
        return door.post(headers, body, "/_/lambda")[0]

    assert (call("editors", "lambda"), call("readers", "lambda"), call("editors", "execute-api")) == (200, 403, 403)


@pytest.mark.parametrize("name", ["x-amzn-oidc-identity", "x-deep-user", "x-deep-identity", "x-forwarded-user", "x-amz-cognito-identity", "cookie"])
def test_headers_that_claim_an_identity_change_nothing(door: Door, name: str) -> None:
    """Threat L7."""
    headers = signed(door.credentials(of_role("readers")), CREATE, b"{}", host=door.host)
    assert door.post({**headers, name: IDENTITY})[0] == 403
