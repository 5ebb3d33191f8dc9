"""Temporary credentials: made from a secret, known by it, forgeable by nobody without it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deep.local.identity.caller import caller_of
from deep.local.identity.principal import Principal
from deep.local.identity.vault import Bearer, DataBearer, FunctionBearer, IdentityBearer, InvalidToken, Vault, load_secret
from tests.fakes.clock import Clock

IDENTITY = "us-east-1:01234567-89ab-cdef-0123-456789abcdef"
ADA = Principal("editors", IDENTITY, "ada", "sub-1", ("editors", "readers"), "localhost:8000/_/cognito-idp/us-east-1_x")


@pytest.mark.parametrize(
    "bearer",
    [IdentityBearer(ADA), IdentityBearer(Principal("unauthenticated", IDENTITY)), FunctionBearer("a:b:c"), DataBearer("a:b:c", IDENTITY)],
)
def test_a_bearer_comes_back_from_its_token(bearer: Bearer) -> None:
    secret = b"k" * 32
    given = Vault(secret).issue(bearer, 3600)
    another_run = Vault(secret)
    assert another_run.bearer(given.session_token) == bearer
    holder = another_run.holder(given.session_token)
    assert (holder.access_key, holder.secret_key) == (given.access_key, given.secret_key)
    assert (len(given.access_key), len(given.secret_key)) == (20, 40)


def test_tokens_expire_even_when_known() -> None:
    clock = Clock()
    vault = Vault(b"k" * 32, clock)
    given = vault.issue(FunctionBearer("a:b:c"), 3600)
    assert given.expires == clock.now + 3600
    assert vault.bearer(given.session_token) == FunctionBearer("a:b:c")
    clock.now += 3600
    with pytest.raises(InvalidToken, match="expired"):
        vault.bearer(given.session_token)


def test_a_functions_credentials_last() -> None:
    clock = Clock()
    vault = Vault(b"k" * 32, clock)
    given = vault.issue(FunctionBearer("a:b:c"), None)
    clock.now += 10 * 365 * 86_400
    assert given.expires is None
    assert vault.bearer(given.session_token) == FunctionBearer("a:b:c")


def test_no_changed_token_is_accepted() -> None:
    vault = Vault(b"k" * 32)
    token = vault.issue(IdentityBearer(ADA), None).session_token
    assert vault.bearer(token) == IdentityBearer(ADA)
    for position in range(len(token)):
        for character in "Aa0_-.=é":
            changed = token[:position] + character + token[position + 1 :]
            if changed != token:
                with pytest.raises(InvalidToken):
                    vault.bearer(changed)


def test_another_secret_accepts_nothing() -> None:
    token = Vault(b"k" * 32).issue(IdentityBearer(ADA), None).session_token
    with pytest.raises(InvalidToken, match="invalid"):
        Vault(b"l" * 32).bearer(token)


def test_two_issues_are_two_credentials() -> None:
    vault = Vault(b"k" * 32, Clock())
    first, second = (vault.issue(IdentityBearer(ADA), 60) for _ in range(2))
    assert first.access_key != second.access_key


def test_what_is_remembered_is_bounded() -> None:
    vault = Vault(b"k" * 32)
    for number in range(10_050):
        vault.bearer(vault.issue(FunctionBearer(f"a:b:{number}"), 60).session_token)
    assert len(vault._known) <= 10_000
    token = vault.issue(FunctionBearer("a:b:c"), 60).session_token
    for day in range(100):
        vault.holder(token).signing_key(f"{day}/us-east-1/sts/aws4_request")
    assert len(vault._known[token]._keys) <= 16


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


def test_the_proof_of_an_identity_is_told_as_cognito_tells_it() -> None:
    login = "localhost:8000/_/cognito-idp/us-east-1_x"
    assert ADA.authentication("1") == ["authenticated", login, f"{login}:CognitoSignIn:sub-1"]
    google = Principal("authenticated", IDENTITY, None, "g-1", (), "accounts.google.com")
    assert google.authentication("1")[2] == "arn:aws:iam::1:oidc-provider/accounts.google.com:OIDC:g-1"
    assert Principal("unauthenticated", IDENTITY).authentication("1") == ["unauthenticated"]
    assert b'"accessKey":"ASIAX"' in caller_of(ADA, "pool", "1", "ASIAX").authorizer
