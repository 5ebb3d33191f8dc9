"""Forged, stolen and mistaken tokens: of our own pool and of a provider the app trusts. None is accepted, and no good one is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from deep.local.identity.aws_json import Declined
from deep.local.identity.identity import Identities, Realm
from deep.local.identity.providers import ProviderKeys, Providers
from tests.fakes.accounts import IDENTITY_POOL, House
from tests.fakes.clock import Clock
from tests.fakes.provider import CLIENT, Provider, published, rsa_key, signed, signed_with_public_key, unsigned

Claims = dict[str, Any]
REFUSALS = ("NotAuthorizedException", "InvalidParameterException")
"""The second for what is too long to be looked at."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "todo")
    house.add("ada", "editors")
    house.add("bob")
    yield house
    house.close()


def use(house: House, id_token: str) -> str:
    """The identity that an id token of our own pool leads to. Raises Declined."""
    logins = {house.pool.settings.login: id_token}
    found: str = house.identities.service.call("GetId", {"IdentityPoolId": IDENTITY_POOL, "Logins": logins})["IdentityId"]
    return found


def claims_of(token: str) -> Claims:
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def flipped(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def exchanged(token: str, other: str) -> str:
    """The signature of one token under the claims of another."""
    return ".".join([*other.split(".")[:2], token.split(".")[2]])


FORGERIES: dict[str, Callable[[House, str, Claims], str]] = {
    "1 no algorithm": lambda house, good, claims: unsigned(claims, kid=kid(house)),
    "1b no algorithm, written otherwise": lambda house, good, claims: unsigned(claims, kid=kid(house), alg="nOnE"),
    "2 the public key as a shared secret": lambda house, good, claims: signed_with_public_key(claims, public(house), kid(house)),
    "3 a changed signature": lambda house, good, claims: flipped(good),
    "3b other claims under the signature": lambda house, good, claims: exchanged(good, house.sign_in("bob")["IdToken"]),
    "3c no signature": lambda house, good, claims: good.rpartition(".")[0] + ".",
    "4 an unknown key": lambda house, good, claims: signed(claims, rsa_key("thief"), "thief"),
    "4b no key id": lambda house, good, claims: signed(claims, rsa_key("thief"), None),
    "4c another key under the known id": lambda house, good, claims: signed(claims, rsa_key("thief"), kid(house)),
    "5 another issuer": lambda house, good, claims: resigned(house, claims | {"iss": "https://evil.test"}),
    "5b the issuer of a deployed pool": lambda house, good, claims: resigned(
        house, claims | {"iss": f"https://cognito-idp.us-east-1.amazonaws.com/{house.pool.settings.pool_id}"}
    ),
    "6 for another client": lambda house, good, claims: resigned(house, claims | {"aud": "another-client"}),
    "6b for several clients": lambda house, good, claims: resigned(house, claims | {"aud": [claims["aud"], "another-client"]}),
    "7 an access token": lambda house, good, claims: str(house.sign_in()["AccessToken"]),
    "7b an access token with an audience": lambda house, good, claims: resigned(house, claims | {"token_use": "access"}),
    "7c the refresh token": lambda house, good, claims: str(house.sign_in()["RefreshToken"]),
    "8 expired": lambda house, good, claims: resigned(house, claims | {"exp": claims["iat"]}),
    "9 not valid yet": lambda house, good, claims: resigned(house, claims | {"nbf": claims["exp"] + 3600, "exp": claims["exp"] + 7200}),
    "9b issued in the future": lambda house, good, claims: resigned(house, claims | {"iat": claims["exp"] + 3600, "exp": claims["exp"] + 7200}),
    "10 no end": lambda house, good, claims: resigned(house, without(claims, "exp")),
    "10b no beginning": lambda house, good, claims: resigned(house, without(claims, "iat")),
    "10e no issuer": lambda house, good, claims: resigned(house, without(claims, "iss")),
    "10f no client": lambda house, good, claims: resigned(house, without(without(claims, "aud"), "client_id")),
    "10g nobody": lambda house, good, claims: resigned(house, without(claims, "sub")),
    "10h no use": lambda house, good, claims: resigned(house, without(claims, "token_use")),
    "10i no session": lambda house, good, claims: resigned(house, without(claims, "origin_jti")),
    "10c a time that is a text": lambda house, good, claims: resigned(house, claims | {"exp": str(claims["exp"])}),
    "10d a time without end": lambda house, good, claims: resigned(house, claims | {"exp": True}),
    "11 a key from elsewhere (jku)": lambda house, good, claims: signed(claims, rsa_key("thief"), kid(house), jku="https://evil.test/keys"),
    "11b a certificate from elsewhere (x5u)": lambda house, good, claims: signed(claims, rsa_key("thief"), kid(house), x5u="https://evil.test/x"),
    "11c a key of its own (jwk)": lambda house, good, claims: signed(claims, rsa_key("thief"), "x", jwk=published("x", rsa_key("thief"))),
    "12 oversized": lambda house, good, claims: resigned(house, claims | {"x": "x" * 32_000}),
    "13 cut off": lambda house, good, claims: good[:-20],
    "13b in two parts": lambda house, good, claims: good.partition(".")[2],
    "13c garbled": lambda house, good, claims: "ey.ey.ey",
    "13d not of letters": lambda house, good, claims: good + "é",
    "13e nested without end": lambda house, good, claims: "W1" * 5000 + ".e30.e30",
    "15 of a session that was ended": lambda house, good, claims: ended(house),
    "15b of a user who is gone": lambda house, good, claims: gone(house),
    "15c of a user who was disabled": lambda house, good, claims: disabled(house),
    "16 of another app's pool": lambda house, good, claims: elsewhere(house),
    "16b of another app, under our issuer": lambda house, good, claims: elsewhere(house, **named(claims, "iss", "aud", "client_id")),
}


def named(claims: Claims, *names: str) -> Claims:
    return {name: claims[name] for name in names if name in claims}


def kid(house: House) -> str:
    return next(iter(house.pool.parts.keep.key.public))


def public(house: House) -> Any:
    return house.pool.parts.keep.key.public[kid(house)]


def resigned(house: House, claims: Claims) -> str:
    """Truly signed, by our own key: what is wrong is what it says."""
    return house.pool.parts.keep.key.sign(claims)


def ended(house: House) -> str:
    tokens = house.sign_in("bob")
    house.call("GlobalSignOut", AccessToken=tokens["AccessToken"])
    return str(tokens["IdToken"])


def gone(house: House) -> str:
    tokens = house.sign_in("bob")
    house.call("AdminDeleteUser", Username="bob")
    house.add("bob")
    return str(tokens["IdToken"])


def disabled(house: House) -> str:
    tokens = house.sign_in("bob")
    house.call("AdminDisableUser", Username="bob")
    return str(tokens["IdToken"])


def elsewhere(house: House, **claims: Any) -> str:
    other = House(house.folder.with_name("shop"), app="shop")
    other.add("ada", "editors")
    token = str(other.sign_in()["IdToken"])
    token = resigned(other, claims_of(token) | claims) if claims else token
    other.close()
    return token


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forged_token_is_accepted(house: House, name: str) -> None:
    good = str(house.sign_in()["IdToken"])
    before = use(house, good)
    with pytest.raises(Declined) as refused:
        use(house, FORGERIES[name](house, good, claims_of(good)))
    assert refused.value.code in REFUSALS
    assert use(house, good) == before


@pytest.mark.parametrize("name", [name for name in FORGERIES if not name.startswith(("6", "7"))])
def test_no_forged_token_opens_an_account(house: House, name: str) -> None:
    good = str(house.sign_in()["AccessToken"])
    with pytest.raises(Declined) as refused:
        house.call("GetUser", AccessToken=FORGERIES[name](house, good, claims_of(good)))
    assert refused.value.code in REFUSALS
    assert house.call("GetUser", AccessToken=good)["Username"] == "ada"


@pytest.mark.parametrize("changed", [{"client_id": "another-client"}, {"token_use": "id"}])
def test_an_access_token_for_something_else_opens_no_account(house: House, changed: dict[str, str]) -> None:
    claims = claims_of(house.sign_in()["AccessToken"])
    with pytest.raises(Declined):
        house.call("GetUser", AccessToken=resigned(house, claims | changed))


def test_an_id_token_opens_no_account(house: House) -> None:
    with pytest.raises(Declined, match="another client"):
        house.call("GetUser", AccessToken=house.sign_in()["IdToken"])


def refresh(house: House, token: str, **more: str) -> Claims:
    answer = house.call("InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token, **more})
    return claims_of(answer["AuthenticationResult"]["IdToken"])


def test_14_a_refresh_token_is_of_one_user_and_one_pool(house: House, tmp_path: Path) -> None:
    adas, bobs = house.sign_in("ada"), house.sign_in("bob")
    assert refresh(house, bobs["RefreshToken"])["cognito:username"] == "bob"
    other = House(tmp_path / "shop", app="shop")
    other.add("ada")
    for token, more in (
        (bobs["RefreshToken"], {"USERNAME": "ada"}),
        (adas["IdToken"], {}),
        (adas["RefreshToken"][:-1] + "_", {}),
        (other.sign_in()["RefreshToken"], {}),
    ):
        with pytest.raises(Declined, match="Invalid Refresh Token"):
            refresh(house, token, **more)
    other.close()


def test_a_refresh_token_ends(house: House) -> None:
    tokens = house.sign_in()
    assert isinstance(house.clock, Clock)
    house.clock.now += 29 * 86_400
    assert refresh(house, tokens["RefreshToken"])["auth_time"] == claims_of(tokens["IdToken"])["auth_time"]
    house.clock.now += 86_401
    with pytest.raises(Declined, match="Invalid Refresh Token"):
        refresh(house, tokens["RefreshToken"])


def test_revoking_one_session_leaves_the_other(house: House) -> None:
    first, second = house.sign_in(), house.sign_in()
    house.call("RevokeToken", Token=first["RefreshToken"])
    house.call("RevokeToken", Token="nobody's")
    with pytest.raises(Declined, match="revoked"):
        house.call("GetUser", AccessToken=first["AccessToken"])
    with pytest.raises(Declined, match="Invalid Refresh Token"):
        refresh(house, first["RefreshToken"])
    assert house.call("GetUser", AccessToken=second["AccessToken"])["Username"] == "ada"


def test_tokens_say_what_cognitos_say(house: House) -> None:
    tokens = house.sign_in()
    id_claims, access_claims = claims_of(tokens["IdToken"]), claims_of(tokens["AccessToken"])
    settings = house.pool.settings
    assert settings.issuer.startswith("http://localhost:8000/")
    shared = {"sub", "iss", "token_use", "origin_jti", "jti", "event_id", "auth_time", "iat", "exp", "cognito:groups"}
    assert id_claims.keys() == shared | {"aud", "cognito:username", "cognito:roles", "cognito:preferred_role", "email", "email_verified"}
    assert access_claims.keys() == shared | {"client_id", "scope", "username"}
    assert (id_claims["email_verified"], id_claims["cognito:groups"]) == (True, ["editors"])
    assert id_claims["cognito:preferred_role"] == settings.groups[0].role_arn
    assert id_claims["origin_jti"] == access_claims["origin_jti"]
    assert jwt.get_unverified_header(tokens["IdToken"]) == {"alg": "RS256", "kid": kid(house)}


# --- providers the app trusts ---


@pytest.fixture
def provider() -> Provider:
    return Provider(clock=Clock())


def identities(house: House, provider: Provider) -> Identities:
    keys = ProviderKeys(provider.clock, provider.fetch)
    return Identities(house.vault, Realm(IDENTITY_POOL, "1", house.pool, Providers({provider.domain: CLIENT}, keys)))


def enter(pool: Identities, provider: Provider, token: str) -> str:
    found: str = pool.service.call("GetId", {"IdentityPoolId": IDENTITY_POOL, "Logins": {provider.domain: token}})["IdentityId"]
    return found


def test_another_provider_vouches_for_somebody(house: House, provider: Provider) -> None:
    """Parity 83."""
    pool = identities(house, provider)
    first = enter(pool, provider, provider.token())
    assert enter(pool, provider, provider.token()) == first
    assert enter(pool, provider, provider.token(sub="person-2")) != first
    assert enter(pool, provider, provider.token(iss=provider.domain)) == first
    assert provider.asked == 1
    login = {"IdentityId": first, "Logins": {provider.domain: provider.token()}}
    session = pool.service.call("GetCredentialsForIdentity", login)["Credentials"]["SessionToken"]
    principal = house.vault.bearer(session).principal  # type: ignore[union-attr]
    assert (principal.role, principal.user_id, principal.username, principal.login) == ("authenticated", "person-1", None, provider.domain)


PROVIDER_FORGERIES: dict[str, Callable[[Provider], str]] = {
    "no algorithm": lambda provider: unsigned(provider.claims(), kid="key-1"),
    "the public key as a shared secret": lambda provider: signed_with_public_key(provider.claims(), provider.keys["key-1"].public_key(), "key-1"),
    "a changed signature": lambda provider: flipped(provider.token()),
    "an unknown key": lambda provider: signed(provider.claims(), rsa_key("thief"), "thief"),
    "another key under the known id": lambda provider: signed(provider.claims(), rsa_key("thief"), "key-1"),
    "another issuer": lambda provider: provider.token(iss="https://evil.test"),
    "an issuer that begins alike": lambda provider: provider.token(iss=f"{provider.issuer}.evil.test"),
    "for another client": lambda provider: provider.token(aud="another"),
    "expired": lambda provider: provider.token(exp=int(provider.clock())),
    "not valid yet": lambda provider: provider.token(nbf=int(provider.clock()) + 3000),
    "no subject": lambda provider: provider.token(sub=None),
    "an empty subject": lambda provider: provider.token(sub=""),
    "no end": lambda provider: provider.token(exp=None),
    "a key from elsewhere": lambda provider: signed(provider.claims(), rsa_key("thief"), "key-1", jku="https://evil.test"),
    "oversized": lambda provider: provider.token(x="x" * 32_000),
    "cut off": lambda provider: provider.token()[:-9],
    "one of our own pool's form": lambda provider: "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
}


@pytest.mark.parametrize("name", PROVIDER_FORGERIES)
def test_no_forged_token_of_a_provider_is_accepted(house: House, provider: Provider, name: str) -> None:
    pool = identities(house, provider)
    before = enter(pool, provider, provider.token())
    with pytest.raises(Declined) as refused:
        enter(pool, provider, PROVIDER_FORGERIES[name](provider))
    assert refused.value.code in REFUSALS
    assert enter(pool, provider, provider.token()) == before


def test_a_provider_the_app_does_not_trust_is_not_even_asked(house: House, provider: Provider) -> None:
    pool = identities(house, provider)
    with pytest.raises(Declined, match="does not trust"):
        pool.service.call("GetId", {"IdentityPoolId": IDENTITY_POOL, "Logins": {"evil.test": provider.token()}})
    assert provider.asked == 0


def test_new_keys_of_a_provider_are_taken_up_and_nonsense_is_not_asked_for(house: House, provider: Provider) -> None:
    pool = identities(house, provider)
    enter(pool, provider, provider.token())
    assert isinstance(provider.clock, Clock)
    provider.keys = {"key-2": rsa_key("key-2")}
    provider.clock.now += 11
    enter(pool, provider, provider.token())
    assert provider.asked == 2
    for number in range(50):
        with pytest.raises(Declined):
            enter(pool, provider, signed(provider.claims(), rsa_key("thief"), f"thief-{number}"))
    assert provider.asked == 2


def test_while_a_provider_is_away_its_keys_go_on_counting(house: House, provider: Provider) -> None:
    pool = identities(house, provider)
    enter(pool, provider, provider.token())
    assert isinstance(provider.clock, Clock)
    provider.is_away = True
    provider.clock.now += 7200
    enter(pool, provider, provider.token())
    with pytest.raises(Declined, match="cannot be reached"):
        enter(identities(house, provider), provider, provider.token())


def test_a_provider_that_describes_another_is_not_believed(house: House, provider: Provider) -> None:
    provider.issuer = "https://evil.test"
    with pytest.raises(Declined, match="publishes no keys"):
        enter(identities(house, provider), provider, provider.token())


def test_keys_that_are_not_for_this_are_passed_over(house: House, provider: Provider) -> None:
    small = {"kty": "RSA", "kid": "small", "n": "AQAB", "e": "AQAB"}
    provider.more_keys = [{"kty": "oct", "kid": "x", "k": "AAAA"}, small, {"kid": 7}, {**published("enc", rsa_key("key-2")), "use": "enc"}]
    pool = identities(house, provider)
    enter(pool, provider, provider.token())
    with pytest.raises(Declined, match="unknown key"):
        enter(pool, provider, signed(provider.claims(), rsa_key("key-2"), "enc"))
