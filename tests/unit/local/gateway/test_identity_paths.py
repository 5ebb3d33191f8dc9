"""Cognito's services as the gateway serves them: to pages of the app and programs of this machine, and to nobody else. Parity 89."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.accounts import PASSWORD
from tests.fakes.http import HttpAnswer
from tests.unit.local.conftest import Stage

USERS = "/_/cognito-idp"
SERVICES = (USERS, "/_/cognito-identity")


def call(stage: Stage, operation: str, document: dict[str, Any], **headers: str) -> HttpAnswer:
    target = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    return stage.http.ask("POST", USERS, json.dumps(document).encode(), target | {name.replace("_", "-"): value for name, value in headers.items()})


def sign_up(stage: Stage) -> dict[str, Any]:
    email = [{"Name": "email", "Value": "ada@example.com"}]
    client_id = stage.identities.users.settings.client_id
    return {"ClientId": client_id, "Username": "ada", "Password": PASSWORD, "UserAttributes": email}


def test_an_account_is_made_by_a_page_of_the_app(stage: Stage) -> None:
    answer = call(stage, "SignUp", sign_up(stage), Origin=f"http://localhost:{stage.http.port}", Sec_Fetch_Site="same-origin")
    assert (answer.status, answer.json()["UserConfirmed"]) == (200, False)
    assert answer.headers["cache-control"] == "no-store"
    assert call(stage, "SignUp", sign_up(stage)).headers["x-amzn-errortype"] == "UsernameExistsException"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.test"}, 421),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
    ],
)
def test_other_sites_change_nothing(stage: Stage, headers: dict[str, str], status: int) -> None:
    assert call(stage, "SignUp", sign_up(stage), **headers).status == status
    assert stage.identities.users.parts.users.all() == []


@pytest.mark.parametrize("operation", ["AdminCreateUser", "AdminSetUserPassword", "AdminAddUserToGroup", "AdminGetUser", "ListUsers", "ListGroups"])
def test_administrators_do_not_come_this_way(stage: Stage, operation: str) -> None:
    answer = call(stage, operation, {"UserPoolId": stage.identities.users.settings.pool_id, "Username": "eve"})
    assert (answer.status, answer.json()["__type"]) == (400, "UnknownOperationException")


def test_the_keys_are_published(stage: Stage) -> None:
    pool = f"{USERS}/{stage.identities.users.settings.pool_id}/.well-known"
    (key,) = stage.http.ask("GET", f"{pool}/jwks.json").json()["keys"]
    assert (key["alg"], key["use"], key["kty"]) == ("RS256", "sig", "RSA")
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()
    described = stage.http.ask("GET", f"{pool}/openid-configuration").json()
    assert described["jwks_uri"] == f"{described['issuer']}/.well-known/jwks.json"
    assert stage.http.ask("GET", f"{USERS}/us-east-1_other/.well-known/jwks.json").status == 404
    assert stage.http.ask("POST", f"{pool}/jwks.json", b"{}").status == 405
    assert stage.http.ask("GET", USERS).status == 405


BROKEN = st.sampled_from(
    [b"[" * 50_000, b'{"a":' * 5000, b"\xff\xfe{}", b'{"Username":"\\ud800"}', b"1e999", b'{"ClientId":1e400}', b'"' + b"x" * 60_000]
)
VALUES = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
FIELDS = ("ClientId", "IdentityId", "Logins", "AuthParameters", "Username")
DOCUMENTS = VALUES.map(lambda value: json.dumps(dict.fromkeys(FIELDS, value)).encode())


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(SERVICES),
    target=st.sampled_from(["X.SignUp", "X.InitiateAuth", "X.GetId", "X.GetCredentialsForIdentity", "X.GetUser", "", "..", "x" * 500]),
    body=st.binary(max_size=60) | BROKEN | DOCUMENTS,
)
def test_hostile_json_ends_in_an_answer(stage: Stage, path: str, target: str, body: bytes) -> None:
    answer = stage.http.ask("POST", path, body, {"X-Amz-Target": target})
    assert answer.status == 400
    assert answer.json()["__type"]
