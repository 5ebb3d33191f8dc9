"""Identities over Cognito's protocol: who gets which, in which role. Parity 82, 83, 84."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deep.local.identity.aws_json import Declined
from deep.local.identity.principal import Principal
from deep.local.identity.vault import IdentityBearer, InvalidToken
from tests.fakes.accounts import GROUPS, IDENTITY_POOL, House
from tests.fakes.clock import Clock
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
    bearers = {stage.identities.vault.bearer(document["Credentials"]["SessionToken"]) for document in credentials}
    assert bearers == {IdentityBearer(Principal("unauthenticated", first))}


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
        ("GetId", {}, "InvalidParameterException"),
        ("GetId", {"IdentityPoolId": 7}, "SerializationException"),
        ("GetId", {"IdentityPoolId": POOL, "Logins": {"x": "y"}}, "NotAuthorizedException"),
        ("GetId", {"IdentityPoolId": POOL, "Logins": {f"x{number}": "y" for number in range(11)}}, "InvalidParameterException"),
        ("GetCredentialsForIdentity", {"IdentityId": "us-east-1:nonsense"}, "ResourceNotFoundException"),
        ("GetCredentialsForIdentity", {"IdentityId": 7}, "SerializationException"),
        ("GetCredentialsForIdentity", {"IdentityId": IDENTITY, "Logins": {"x": "y"}}, "NotAuthorizedException"),
        ("GetCredentialsForIdentity", {"IdentityId": IDENTITY, "CustomRoleArn": GROUPS[0].role_arn}, "NotAuthorizedException"),
        ("DeleteIdentities", {}, "UnknownOperationException"),
        ("GetId", b"{broken", "SerializationException"),
        ("GetId", [], "SerializationException"),
    ],
)
def test_refusals_are_in_cognitos_words(stage: Stage, target: str, document: object, error: str) -> None:
    answer = cognito(stage, target, document)
    assert (answer.status, answer.headers["x-amzn-errortype"], answer.json()["__type"]) == (400, error, error)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def credentials(house: House, identity_id: str, tokens: dict[str, Any] | None = None, **more: str) -> Principal:
    """The principal whose credentials are given."""
    logins = {"Logins": {house.pool.settings.login: tokens["IdToken"]}} if tokens else {}
    given = house.identities.service.call("GetCredentialsForIdentity", {"IdentityId": identity_id, **logins, **more})
    bearer = house.vault.bearer(given["Credentials"]["SessionToken"])
    assert isinstance(bearer, IdentityBearer)
    return bearer.principal


def identity_of(house: House, tokens: dict[str, Any] | None = None) -> str:
    logins = {"Logins": {house.pool.settings.login: tokens["IdToken"]}} if tokens else {}
    found: str = house.identities.service.call("GetId", {"IdentityPoolId": IDENTITY_POOL, **logins})["IdentityId"]
    return found


def test_a_user_is_one_identity_everywhere_and_always(house: House) -> None:
    house.add("ada")
    first = identity_of(house, house.sign_in())
    assert identity_of(house, house.sign_in()) == first
    assert credentials(house, first, house.sign_in()).identity_id == first
    assert house.identities.of_user(credentials(house, first, house.sign_in()).user_id or "") == first


def test_an_anonymous_identity_becomes_the_users_with_all_it_has(house: House) -> None:
    house.add("ada")
    anonymous = identity_of(house)
    assert credentials(house, anonymous).role == "unauthenticated"
    tokens = house.sign_in()
    assert credentials(house, anonymous, tokens).role == "authenticated"
    assert identity_of(house, tokens) == anonymous
    with pytest.raises(Declined, match="forbidden"):
        credentials(house, anonymous)


def test_a_user_with_an_identity_keeps_it_and_takes_no_other(house: House) -> None:
    house.add("ada")
    house.add("bob")
    adas, bobs = identity_of(house, house.sign_in("ada")), identity_of(house, house.sign_in("bob"))
    with pytest.raises(Declined) as refused:
        credentials(house, identity_of(house), house.sign_in("ada"))
    assert refused.value.code == "ResourceConflictException"
    for identity_id, name in ((adas, "bob"), (bobs, "ada")):
        with pytest.raises(Declined, match="Logins don't match"):
            credentials(house, identity_id, house.sign_in(name))


@pytest.mark.parametrize(
    ("groups", "role"), [((), "authenticated"), (("readers",), "readers"), (("readers", "editors"), "editors"), (("editors",), "editors")]
)
def test_the_role_is_that_of_the_group_that_comes_first(house: House, groups: tuple[str, ...], role: str) -> None:
    house.add("ada", *groups)
    tokens = house.sign_in()
    principal = credentials(house, identity_of(house, tokens), tokens)
    assert (principal.role, set(principal.groups)) == (role, set(groups))
    assert (principal.username, principal.login) == ("ada", house.pool.settings.login)


def test_another_of_the_users_roles_may_be_asked_for(house: House) -> None:
    house.add("ada", "editors", "readers")
    tokens = house.sign_in()
    identity_id = identity_of(house, tokens)
    assert credentials(house, identity_id, tokens, CustomRoleArn=GROUPS[1].role_arn).role == "readers"
    house.call("AdminRemoveUserFromGroup", Username="ada", GroupName="editors")
    with pytest.raises(Declined, match="not among"):
        credentials(house, identity_id, house.sign_in(), CustomRoleArn=GROUPS[0].role_arn)


def test_credentials_end_and_are_given_again(house: House) -> None:
    """Parity 84."""
    house.add("ada")
    tokens = house.sign_in()
    identity_id = identity_of(house, tokens)
    login = {"IdentityId": identity_id, "Logins": {house.pool.settings.login: tokens["IdToken"]}}
    given = house.identities.service.call("GetCredentialsForIdentity", login)["Credentials"]
    assert isinstance(house.clock, Clock)
    house.clock.now += 3600
    assert given["Expiration"] == house.clock.now
    with pytest.raises(InvalidToken, match="expired"):
        house.vault.bearer(given["SessionToken"])
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    fresh = house.call("InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)["AuthenticationResult"]
    assert credentials(house, identity_id, fresh).identity_id == identity_id


def test_the_deployed_name_of_the_pool_is_understood(house: House) -> None:
    house.add("ada")
    logins = {f"cognito-idp.us-east-1.amazonaws.com/{house.pool.settings.pool_id}": house.sign_in()["IdToken"]}
    found = house.identities.service.call("GetId", {"IdentityPoolId": IDENTITY_POOL, "Logins": logins})["IdentityId"]
    assert found == identity_of(house, house.sign_in())
