"""The services as independent clients see them: boto3, and an SRP client that others wrote. Parity 82, 83."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException

from tests.fakes.accounts import IDENTITY_POOL, PASSWORD, ServedHouse, served_house


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedHouse]:
    with served_house(tmp_path) as house:
        yield house


def srp(served: ServedHouse, username: str, password: str) -> AWSSRP:
    settings = served.house.pool.settings
    return AWSSRP(username, password, settings.pool_id, settings.client_id, client=served.users)


def names(served: ServedHouse) -> dict[str, str]:
    return {"ClientId": served.house.pool.settings.client_id}


def test_a_life_of_an_account(served: ServedHouse) -> None:
    users, client = served.users, names(served)
    answer = users.sign_up(**client, Username="ada", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "ada@example.com"}])
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    with pytest.raises(users.exceptions.UsernameExistsException):
        users.sign_up(**client, Username="ADA", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "ada@example.com"}])
    with pytest.raises(users.exceptions.UserNotConfirmedException):
        srp(served, "ada", PASSWORD).authenticate_user()
    with pytest.raises(users.exceptions.CodeMismatchException):
        users.confirm_sign_up(**client, Username="ada", ConfirmationCode="000000" if served.house.code != "000000" else "111111")
    users.confirm_sign_up(**client, Username="ada", ConfirmationCode=served.house.code)
    tokens = srp(served, "ada", PASSWORD).authenticate_user()["AuthenticationResult"]
    told = users.get_user(AccessToken=tokens["AccessToken"])
    assert told["Username"] == "ada"
    assert {"Name": "email_verified", "Value": "true"} in told["UserAttributes"]
    users.change_password(AccessToken=tokens["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword="Another-horse-2")
    users.forgot_password(**client, Username="ada")
    users.confirm_forgot_password(**client, Username="ada", ConfirmationCode=served.house.code, Password="Third-horse-33")
    tokens = srp(served, "ada", "Third-horse-33").authenticate_user()["AuthenticationResult"]
    refreshed = users.initiate_auth(**client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    assert "RefreshToken" not in refreshed["AuthenticationResult"]
    users.global_sign_out(AccessToken=tokens["AccessToken"])
    with pytest.raises(users.exceptions.NotAuthorizedException, match="revoked"):
        users.get_user(AccessToken=tokens["AccessToken"])
    tokens = srp(served, "ada", "Third-horse-33").authenticate_user()["AuthenticationResult"]
    users.revoke_token(**client, Token=tokens["RefreshToken"])
    with pytest.raises(users.exceptions.NotAuthorizedException):
        users.initiate_auth(**client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    tokens = srp(served, "ada", "Third-horse-33").authenticate_user()["AuthenticationResult"]
    users.delete_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(users.exceptions.NotAuthorizedException):
        srp(served, "ada", "Third-horse-33").authenticate_user()


@pytest.mark.parametrize("password", ["Correct-horse-1", "Ünïcode-Pässword-1", " inner Space-1 x"[1:], "A" * 100 + "a1!"])
def test_an_independent_srp_client_signs_in(served: ServedHouse, password: str) -> None:
    served.house.add("ada")
    served.house.call("AdminSetUserPassword", Username="ada", Password=password, Permanent=True)
    for name in ("ada", "ADA"):
        tokens = srp(served, name, password).authenticate_user()["AuthenticationResult"]
        assert served.users.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ada"
    with pytest.raises(ClientError, match="Incorrect username or password"):
        srp(served, "ada", password + "x").authenticate_user()


def test_a_new_password_is_asked_for_by_srp(served: ServedHouse) -> None:
    admin, pool_id = served.admin, served.house.pool.settings.pool_id
    created = admin.admin_create_user(UserPoolId=pool_id, Username="bob", TemporaryPassword="Temporary-1x")["User"]
    assert (created["UserStatus"], created["Enabled"]) == ("FORCE_CHANGE_PASSWORD", True)
    with pytest.raises(ForceChangePasswordException):
        srp(served, "bob", "Temporary-1x").authenticate_user()
    tokens = srp(served, "bob", "Temporary-1x").set_new_password_challenge(PASSWORD)["AuthenticationResult"]
    assert served.users.get_user(AccessToken=tokens["AccessToken"])["Username"] == "bob"
    assert admin.admin_get_user(UserPoolId=pool_id, Username="bob")["UserStatus"] == "CONFIRMED"


def test_administrators_operations(served: ServedHouse) -> None:
    admin, pool = served.admin, {"UserPoolId": served.house.pool.settings.pool_id}
    for number in range(5):
        served.house.add(f"user{number}")
    pages = list(admin.get_paginator("list_users").paginate(**pool, PaginationConfig={"PageSize": 2}))
    assert [[user["Username"] for user in page["Users"]] for page in pages] == [["user0", "user1"], ["user2", "user3"], ["user4"]]
    assert [user["Username"] for user in admin.list_users(**pool, Filter='email = "user3@example.com"')["Users"]] == ["user3"]
    assert len(admin.list_users(**pool, Filter='username ^= "user"')["Users"]) == 5
    assert [group["GroupName"] for group in admin.list_groups(**pool)["Groups"]] == ["editors", "readers"]
    for group in ("readers", "editors"):
        admin.admin_add_user_to_group(**pool, Username="user1", GroupName=group)
    assert [group["GroupName"] for group in admin.admin_list_groups_for_user(**pool, Username="user1")["Groups"]] == ["editors", "readers"]
    assert [user["Username"] for user in admin.list_users_in_group(**pool, GroupName="readers")["Users"]] == ["user1"]
    admin.admin_remove_user_from_group(**pool, Username="user1", GroupName="readers")
    with pytest.raises(admin.exceptions.ResourceNotFoundException):
        admin.admin_add_user_to_group(**pool, Username="user1", GroupName="pirates")
    with pytest.raises(admin.exceptions.UserNotFoundException):
        admin.admin_get_user(**pool, Username="nobody")
    tokens = served.house.sign_in("user1")
    admin.admin_disable_user(**pool, Username="user1")
    with pytest.raises(admin.exceptions.NotAuthorizedException):
        served.users.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(ClientError, match="User is disabled"):
        srp(served, "user1", PASSWORD).authenticate_user()
    admin.admin_enable_user(**pool, Username="user1")
    srp(served, "user1", PASSWORD).authenticate_user()
    admin.admin_delete_user(**pool, Username="user1")
    assert len(admin.list_users(**pool)["Users"]) == 4


def test_no_administrator_comes_in_by_the_browsers_door(served: ServedHouse) -> None:
    pool = {"UserPoolId": served.house.pool.settings.pool_id}
    users = served.users
    calls: tuple[tuple[str, dict[str, str]], ...] = (
        ("admin_create_user", {"Username": "eve"}),
        ("admin_set_user_password", {"Username": "ada", "Password": PASSWORD}),
        ("admin_add_user_to_group", {"Username": "ada", "GroupName": "editors"}),
        ("list_users", {}),
    )
    for name, parameters in calls:
        with pytest.raises(ClientError) as refused:
            getattr(users, name)(**pool, **parameters)
        assert refused.value.response["Error"]["Code"] == "UnknownOperationException"


def test_identities_and_credentials(served: ServedHouse) -> None:
    """Parity 82, 83: an anonymous visitor signs in and stays the same identity; elsewhere the login leads to it."""
    served.house.add("ada", "editors")
    identities, login = served.identities, served.house.pool.settings.login
    anonymous = identities.get_id(IdentityPoolId=IDENTITY_POOL)["IdentityId"]
    as_visitor = identities.get_credentials_for_identity(IdentityId=anonymous)
    logins = {login: served.house.sign_in()["IdToken"]}
    as_ada = identities.get_credentials_for_identity(IdentityId=anonymous, Logins=logins)
    assert as_ada["IdentityId"] == as_visitor["IdentityId"] == anonymous
    assert identities.get_id(IdentityPoolId=IDENTITY_POOL, Logins=logins)["IdentityId"] == anonymous
    bearer = served.house.vault.bearer(as_ada["Credentials"]["SessionToken"])
    assert bearer.principal.role == "editors"  # type: ignore[union-attr]
    with pytest.raises(identities.exceptions.NotAuthorizedException, match="forbidden"):
        identities.get_credentials_for_identity(IdentityId=anonymous)
