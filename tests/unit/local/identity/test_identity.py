"""Anonymous identities over Cognito's protocol. Parity 82."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from deep.local.identity.identity import LIFETIME_S, Identities, InvalidToken, load_secret
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


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def test_tokens_expire_even_when_known() -> None:
    clock = Clock()
    identities = Identities(b"k" * 32, POOL, "1", clock)
    token = identities.token(IDENTITY, int(clock.now) + LIFETIME_S)
    assert identities.caller(token).identity_id == IDENTITY
    clock.now += LIFETIME_S
    with pytest.raises(InvalidToken, match="expired"):
        identities.caller(token)


def test_no_changed_token_is_accepted() -> None:
    identities = Identities(b"k" * 32, POOL, "1")
    token = identities.token(IDENTITY, 4_000_000_000)
    assert identities.caller(token).identity_id == IDENTITY
    for position in range(len(token)):
        for character in "Aa0_-.=":
            changed = token[:position] + character + token[position + 1 :]
            if changed != token:
                with pytest.raises(InvalidToken):
                    identities.caller(changed)


def test_another_secret_accepts_nothing() -> None:
    token = Identities(b"k" * 32, POOL, "1").token(IDENTITY, 4_000_000_000)
    with pytest.raises(InvalidToken, match="invalid"):
        Identities(b"l" * 32, POOL, "1").caller(token)


def test_the_secret_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "identity.key"
    secret = load_secret(path)
    assert len(secret) == 32
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_secret_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "identity.key"
    path.write_bytes(b"short")
    assert len(load_secret(path)) == 32
