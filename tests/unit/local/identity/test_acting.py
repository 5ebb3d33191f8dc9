"""In development a developer acts as anybody: a visitor, a role, a user. Parity 89."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deep.errors import DeepError, render
from deep.local.identity.acting import acting_as
from deep.local.identity.identity import anonymous_identity
from deep.local.identity.principal import Principal
from tests.fakes.accounts import IDENTITY_POOL, House

ROLES = ("unauthenticated", "authenticated", "editors", "readers")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_as_a_visitor(house: House) -> None:
    assert acting_as("unauthenticated", ROLES, house.identities) == Principal("unauthenticated", anonymous_identity(IDENTITY_POOL))


@pytest.mark.parametrize(("role", "groups"), [("authenticated", ()), ("editors", ("editors",))])
def test_as_somebody_in_a_role(house: House, role: str, groups: tuple[str, ...]) -> None:
    principal = acting_as(role, ROLES, house.identities)
    assert (principal.role, principal.groups) == (role, groups)
    assert principal.authentication("1")[0] == "authenticated"
    assert acting_as(role, ROLES, house.identities) == principal


def test_as_a_user_with_the_identity_they_sign_in_with(house: House) -> None:
    house.add("ada", "readers", "editors")
    tokens = house.sign_in()
    logins = {house.pool.settings.login: tokens["IdToken"]}
    identity_id = house.identities.service.call("GetId", {"IdentityPoolId": IDENTITY_POOL, "Logins": logins})["IdentityId"]
    principal = acting_as("Ada", ROLES, house.identities)
    assert (principal.role, principal.identity_id, principal.username) == ("editors", identity_id, "ada")


@pytest.mark.parametrize(("who", "help_"), [("editor", 'did you mean "editors"?'), ("adda", 'did you mean "ada"?'), ("zzz", "there are un")])
def test_as_nobody(house: House, who: str, help_: str) -> None:
    house.add("ada")
    with pytest.raises(DeepError) as refused:
        acting_as(who, ROLES, house.identities)
    assert help_ in render(refused.value.problems[0])
