"""Anonymous identities over Cognito's protocol. Parity 82."""

from __future__ import annotations

import json

import pytest

from tests.fakes.http import HttpAnswer
from tests.unit.local.conftest import POOL, Stage

IDENTITY = "us-east-1:01234567-89ab-cdef-0123-456789abcdef"


def cognito(stage: Stage, target: str, document: object) -> HttpAnswer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {"X-Amz-Target": f"AWSCognitoIdentityService.{target}", "Content-Type": "application/x-amz-json-1.1"}
    return stage.http.ask("POST", "/_/cognito-identity", body, headers)


def test_an_identity_is_given_and_keeps_its_id(stage: Stage) -> None:
    first = cognito(stage, "GetId", {"IdentityPoolId": POOL}).json()["IdentityId"]
    assert first != cognito(stage, "GetId", {"IdentityPoolId": POOL}).json()["IdentityId"]
    credentials = [cognito(stage, "GetCredentialsForIdentity", {"IdentityId": first}).json() for _ in range(2)]
    assert [document["IdentityId"] for document in credentials] == [first, first]
    assert {stage.identities.caller(document["Credentials"]["SessionToken"]).identity_id for document in credentials} == {first}


def test_credentials_have_cognitos_form(stage: Stage) -> None:
    answer = cognito(stage, "GetCredentialsForIdentity", {"IdentityId": IDENTITY})
    credentials = answer.json()["Credentials"]
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert (len(credentials["AccessKeyId"]), len(credentials["SecretKey"])) == (20, 40)
    assert isinstance(credentials["Expiration"], float)


@pytest.mark.parametrize(
    ("target", "document", "error"),
    [
        ("GetId", {"IdentityPoolId": "us-east-1:other"}, "ResourceNotFoundException"),
        ("GetId", {}, "ResourceNotFoundException"),
        ("GetId", {"IdentityPoolId": POOL, "Logins": {"x": "y"}}, "NotAuthorizedException"),
        ("GetCredentialsForIdentity", {"IdentityId": "us-east-1:nonsense"}, "ResourceNotFoundException"),
        ("GetCredentialsForIdentity", {"IdentityId": 7}, "ResourceNotFoundException"),
        ("GetCredentialsForIdentity", {"IdentityId": IDENTITY, "Logins": {"x": "y"}}, "NotAuthorizedException"),
        ("DeleteIdentities", {}, "UnknownOperationException"),
        ("GetId", b"{broken", "SerializationException"),
        ("GetId", [], "SerializationException"),
    ],
)
def test_refusals_are_in_cognitos_words(stage: Stage, target: str, document: object, error: str) -> None:
    answer = cognito(stage, target, document)
    assert (answer.status, answer.headers["x-amzn-errortype"], answer.json()["__type"]) == (400, error, error)
