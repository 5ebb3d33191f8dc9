"""What people do with their accounts, and what is refused them. Parity 83, 89, 90."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.attempts import CODES_AN_HOUR
from deep.local.identity.pool.passwords import temporary_password
from deep.local.identity.pool.srp import N
from tests.fakes.accounts import PASSWORD, House
from tests.fakes.clock import Clock


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def sign_up(house: House, name: str = "ada", password: str = PASSWORD, **attributes: str) -> dict[str, Any]:
    told = {"email": f"{name}@example.com"} | attributes
    listed = [{"Name": key, "Value": value} for key, value in told.items()]
    return house.call("SignUp", Username=name, Password=password, UserAttributes=listed)


def refusal(house: House, operation: str, **document: Any) -> str:
    """The code an operation is refused with, or the empty text."""
    try:
        house.call(operation, **document)
    except Declined as declined:
        return declined.code
    return ""


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def pass_time(house: House, seconds: float) -> None:
    assert isinstance(house.clock, Clock)
    house.clock.now += seconds


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("Aa1!aaa", "long enough"),
        ("AAAA1111!", "lowercase"),
        ("aaaa1111!", "uppercase"),
        ("Aaaaaaaa!", "numeric"),
        ("Aaaa1111", "symbol"),
        (" Aaaa1111!", "space"),
        ("Aa1!" + "a" * 300, "too long"),
    ],
)
def test_weak_passwords_are_refused(house: House, password: str, told: str) -> None:
    with pytest.raises(Declined, match=told) as refused:
        sign_up(house, password=password)
    assert refused.value.code == "InvalidPasswordException"


def test_temporary_passwords_are_within_the_policy(house: House) -> None:
    for number in range(50):
        sign_up(house, f"user{number}", temporary_password()) if number < 3 else temporary_password()
    assert len({temporary_password() for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"email": "nonsense"}, "InvalidParameterException"),
        ({"email": ""}, "InvalidParameterException"),
        ({"sub": "mine"}, "NotAuthorizedException"),
        ({"email_verified": "true"}, "NotAuthorizedException"),
        ({"custom:role": "admin"}, "InvalidParameterException"),
        ({"cognito:groups": "editors"}, "InvalidParameterException"),
        ({"name": "x" * 2049}, "InvalidParameterException"),
    ],
)
def test_attributes_are_checked(house: House, attributes: dict[str, str], code: str) -> None:
    with pytest.raises(Declined) as refused:
        sign_up(house, **attributes)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["", " ada", "a b", "a\x00b", "a\nb", "x" * 129])
def test_names_that_cannot_be(house: House, name: str) -> None:
    assert (
        refusal(house, "SignUp", Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "a@b.cd"}])
        == "InvalidParameterException"
    )


def test_a_code_is_good_once_and_for_a_day(house: House) -> None:
    sign_up(house)
    code = house.code
    assert re.fullmatch(r"code \d{6} for ada@example.com", house.told[-1])
    pass_time(house, 86_401)
    assert refusal(house, "ConfirmSignUp", Username="ada", ConfirmationCode=code) == "ExpiredCodeException"
    house.call("ResendConfirmationCode", Username="ada")
    assert refusal(house, "ConfirmSignUp", Username="ada", ConfirmationCode=other_than(house.code)) == "CodeMismatchException"
    house.call("ConfirmSignUp", Username="ada", ConfirmationCode=house.code)
    assert refusal(house, "ConfirmSignUp", Username="ada", ConfirmationCode=house.code) == "NotAuthorizedException"


def test_guesses_at_a_code_are_counted_even_when_then_right(house: House) -> None:
    sign_up(house)
    wrong = other_than(house.code)
    for _ in range(5):
        assert refusal(house, "ConfirmSignUp", Username="ada", ConfirmationCode=wrong) == "CodeMismatchException"
    assert refusal(house, "ConfirmSignUp", Username="ada", ConfirmationCode=house.code) == "LimitExceededException"
    house.call("ResendConfirmationCode", Username="ada")
    house.call("ConfirmSignUp", Username="ada", ConfirmationCode=house.code)


def test_codes_are_sent_so_often_and_no_oftener(house: House) -> None:
    house.add("ada")
    for _ in range(CODES_AN_HOUR):
        house.call("ForgotPassword", Username="ada")
    assert refusal(house, "ForgotPassword", Username="ada") == "LimitExceededException"
    pass_time(house, 3601)
    house.call("ForgotPassword", Username="ada")


def test_a_code_for_one_purpose_serves_no_other(house: House) -> None:
    sign_up(house)
    assert refusal(house, "ConfirmForgotPassword", Username="ada", ConfirmationCode=house.code, Password=PASSWORD) == "CodeMismatchException"
    sign_up(house, "bob")
    assert refusal(house, "ConfirmSignUp", Username="ada", ConfirmationCode=house.code) == "CodeMismatchException"


def test_wrong_passwords_lock_for_longer_and_longer(house: House) -> None:
    house.add("ada")
    for _ in range(5):
        with pytest.raises(Declined, match="Incorrect"):
            house.sign_in(password="wrong")
    with pytest.raises(Declined, match="attempts exceeded"):
        house.sign_in()
    pass_time(house, 1.1)
    with pytest.raises(Declined, match="Incorrect"):
        house.sign_in(password="wrong")
    pass_time(house, 1.1)
    with pytest.raises(Declined, match="attempts exceeded"):
        house.sign_in()
    pass_time(house, 1.0)
    house.sign_in()
    for _ in range(4):
        with pytest.raises(Declined, match="Incorrect"):
            house.sign_in(password="wrong")
    house.sign_in()


def answers_of(house: House, name: str, password: str) -> list[object]:
    """What somebody sees who tries a name in every way, without the words that differ each time."""
    srp = {"USERNAME": name, "SRP_A": f"{pow(2, 77777, N):x}"}
    seen: list[object] = []
    asked: list[tuple[str, dict[str, Any]]] = [
        ("InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": name, "PASSWORD": password}})
    ] * 6
    asked += [("ForgotPassword", {"Username": name})]
    asked += [("ConfirmForgotPassword", {"Username": name, "ConfirmationCode": "000000", "Password": PASSWORD})] * 6
    for operation, document in asked:
        try:
            seen.append(sorted(house.call(operation, **document)["CodeDeliveryDetails"]))
        except Declined as declined:
            seen.append((declined.code, declined.message))
    challenge = house.call("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=srp)["ChallengeParameters"]
    again = house.call("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=srp)["ChallengeParameters"]
    assert challenge["SALT"] == again["SALT"]
    return [*seen, sorted(challenge), challenge["USER_ID_FOR_SRP"] == name]


def test_nothing_tells_who_has_an_account(house: House) -> None:
    house.add("ada")
    house.add("eve")
    house.call("AdminDisableUser", Username="eve")
    known = answers_of(house, "ada", "Wrong-horse-1")
    assert answers_of(house, "nobody", "Wrong-horse-1") == known
    assert answers_of(house, "eve", "Wrong-horse-1") == known
    assert len(house.call("ResendConfirmationCode", Username="nobody2")["CodeDeliveryDetails"]) == 3


def test_a_user_who_has_not_proved_the_address_gets_no_reset_code(house: House) -> None:
    sign_up(house)
    before = len(house.told)
    house.call("ForgotPassword", Username="ada")
    assert len(house.told) == before


def test_a_new_address_has_to_be_proved(house: House) -> None:
    house.add("ada")
    token = house.sign_in()["AccessToken"]
    house.call(
        "UpdateUserAttributes", AccessToken=token, UserAttributes=[{"Name": "email", "Value": "new@example.com"}, {"Name": "name", "Value": "Ada"}]
    )
    attributes = {one["Name"]: one["Value"] for one in house.call("GetUser", AccessToken=token)["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"], attributes["name"]) == ("new@example.com", "false", "Ada")
    house.call("VerifyUserAttribute", AccessToken=token, AttributeName="email", Code=house.code)
    house.call("UpdateUserAttributes", AccessToken=token, UserAttributes=[{"Name": "name", "Value": ""}])
    attributes = {one["Name"]: one["Value"] for one in house.call("GetUser", AccessToken=token)["UserAttributes"]}
    assert attributes["email_verified"] == "true"
    assert "name" not in attributes


def test_a_user_made_by_an_administrator_chooses_a_password(house: House) -> None:
    house.call("AdminCreateUser", Username="bob", UserAttributes=[{"Name": "email", "Value": "bob@example.com"}])
    password = re.fullmatch(r"temporary password (\S+) for bob@example.com", house.told[-1])
    assert password
    parameters = {"USERNAME": "bob", "PASSWORD": password[1]}
    challenge = house.call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": challenge["Session"]}
    responses = {"USERNAME": "bob", "NEW_PASSWORD": PASSWORD}
    assert refusal(house, "RespondToAuthChallenge", **answer, ChallengeResponses=responses | {"USERNAME": "ada"}) == "NotAuthorizedException"
    assert refusal(house, "RespondToAuthChallenge", **answer, ChallengeResponses=responses | {"NEW_PASSWORD": "weak"}) == "InvalidPasswordException"
    assert "AuthenticationResult" in house.call("RespondToAuthChallenge", **answer, ChallengeResponses=responses)
    assert refusal(house, "RespondToAuthChallenge", **answer, ChallengeResponses=responses) == "NotAuthorizedException"
    house.sign_in("bob")


@pytest.mark.parametrize("number", ["0", f"{N:x}", f"{2 * N:x}", "", "xyz", "-1", "1" * 2000, "\uff11\uff12"])
def test_numbers_that_would_break_the_exchange_are_refused(house: House, number: str) -> None:
    house.add("ada")
    parameters = {"USERNAME": "ada", "SRP_A": number}
    assert refusal(house, "InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=parameters) == "InvalidParameterException"


def test_a_challenge_is_good_for_one_answer_of_one_user_and_three_minutes(house: House) -> None:
    house.add("ada")

    def answered(block: str, **more: str) -> str:
        responses = {
            "USERNAME": "ada",
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(b"x" * 32).decode(),
            "TIMESTAMP": "now",
        }
        return refusal(house, "RespondToAuthChallenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses | more)

    for more in ({}, {"PASSWORD_CLAIM_SIGNATURE": "é"}, {"USERNAME": "bob"}, {"PASSWORD_CLAIM_SECRET_BLOCK": "unknown"}):
        challenge = house.call("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "ada", "SRP_A": "ff"})
        assert answered(challenge["ChallengeParameters"]["SECRET_BLOCK"], **more) == "NotAuthorizedException"


def test_no_password_and_no_token_is_kept(house: House, tmp_path: Path) -> None:
    """Parity 90."""
    house.add("ada")
    tokens = house.sign_in()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"ada@example.com" in kept
    for secret in (PASSWORD, tokens["RefreshToken"], tokens["IdToken"], tokens["AccessToken"]):
        assert secret.encode() not in kept
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*") if path.is_file()} == {0}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "Username",
    "Password",
    "ConfirmationCode",
    "UserAttributes",
    "AuthFlow",
    "AuthParameters",
    "ChallengeName",
    "ChallengeResponses",
    "Session",
    "AccessToken",
    "Token",
    "UserPoolId",
    "GroupName",
    "Filter",
    "Limit",
    "PaginationToken",
    "Permanent",
    "AttributeName",
    "Code",
    "SecretHash",
    "TemporaryPassword",
    "MessageAction",
]
WORDS = st.sampled_from(
    [
        "ada",
        "USER_SRP_AUTH",
        "USER_PASSWORD_AUTH",
        "REFRESH_TOKEN_AUTH",
        "PASSWORD_VERIFIER",
        "NEW_PASSWORD_REQUIRED",
        "email",
        "editors",
        'name = "x"',
    ]
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["USERNAME", "PASSWORD", "SRP_A", "REFRESH_TOKEN", "NEW_PASSWORD", "TIMESTAMP"]), WORDS | JSON, max_size=4
)


@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), document=st.dictionaries(st.sampled_from(FIELDS), WORDS | PARAMETERS | JSON, max_size=5))
def test_nothing_a_client_sends_is_more_than_refused(house: House, data: st.DataObject, document: dict[str, Any]) -> None:
    operation = data.draw(st.sampled_from([*house.pool.everything.operations, "Nonsense"]))
    document |= {"ClientId": house.pool.settings.client_id}
    if data.draw(st.booleans()):
        document |= {"UserPoolId": house.pool.settings.pool_id}
    assert refused_or_answered(house, operation, document)


def refused_or_answered(house: House, operation: str, document: dict[str, Any]) -> bool:
    """Whether an operation ends in an answer or a refusal with a code, and in nothing else."""
    try:
        return isinstance(house.pool.everything.call(operation, document), dict)
    except Declined as declined:
        return bool(declined.code and declined.message)
