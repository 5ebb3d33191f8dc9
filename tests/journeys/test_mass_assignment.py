"""Threat D8: whatever is sent to an author who stores it unseen, nothing is stored that no model declares, nor what only the server may set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deep.local.engines.dynoxide import find_binary
from deep.testing import Client
from tests.journeys.hostile_app import Target, attacked

pytestmark = [pytest.mark.journey, pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")]

DECLARED = {"Thing": {"Title", "Done", "Place", "Place.Street", "Place.At", "Place.At.X"}, "Note": {"Text"}}
SERVERS = {"Id", "createdAt", "updatedAt"}
FOREIGN = ["Id", "createdAt", "updatedAt", "Owner", "owner", "isAdmin", "role", "deep:unique", "deep:unique:Title", "__proto__", "constructor"]
FOREIGN += ["Title ", "title", "", "$set", "Place.Street", "#n0", ":v0", "attribute_not_exists", "_settings", "updatedat", "\u0130d"]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.just("planted"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*FOREIGN, "Street", "At", "X"]), inner, max_size=3),
    max_leaves=6,
)
PLACES = st.fixed_dictionaries(
    {}, optional={"Street": st.text(max_size=5), "At": st.fixed_dictionaries({"X": st.integers()}, optional={"Y": VALUES})}
)
BODIES = st.builds(
    lambda good, foreign: {**foreign, **good},
    st.fixed_dictionaries({}, optional={"Title": st.text(max_size=5), "Done": st.booleans(), "Place": PLACES, "Text": st.text(max_size=5)}),
    st.dictionaries(st.sampled_from(FOREIGN) | st.text(max_size=6), VALUES, max_size=5),
)
SENDING = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with attacked(tmp_path_factory.mktemp("property") / "things") as served:
        yield served


@pytest.fixture(scope="module")
def caller(target: Target) -> Client:
    return target.app.client()


def attributes(item: dict[str, Any], path: str = "") -> Iterator[str]:
    """Dotted paths of all attributes of an item in DynamoDB's JSON."""
    for name, value in item.items():
        yield f"{path}{name}"
        if isinstance(value, dict) and "M" in value:
            yield from attributes(value["M"], f"{path}{name}.")


def undeclared(target: Target) -> dict[str, set[str]]:
    stored = {model: {path for item in target.items(model) for path in attributes(item)} for model in DECLARED}
    allowed = {model: fields | SERVERS | ({"Owner"} if model == "Note" else set()) for model, fields in DECLARED.items()}
    return {model: stored[model] - allowed[model] for model in DECLARED}


@pytest.mark.parametrize("action", ["create", "whole", "keep"])
def test_undeclared_attributes_are_never_stored(target: Target, caller: Client, action: str) -> None:
    """With and without a schema, in a shared model and in one that belongs to its users."""

    @SENDING
    @given(BODIES)
    def send(body: dict[str, Any]) -> None:
        answer = caller.call(f"my.things:thing:{action}", body)
        assert answer.status in (200, 400), answer
        if answer.status == 200:
            assert answer.data["Id"] != body.get("Id")
            assert re.fullmatch(r"[0-9a-f-]{36}", answer.data["Id"])
            assert "Owner" not in answer.data

    send()
    assert undeclared(target) == {"Thing": set(), "Note": set()}
    assert len(target.items("Note" if action == "keep" else "Thing")) > 20


def test_an_update_changes_declared_fields_alone(target: Target, caller: Client) -> None:
    made = caller.call("my.things:thing:create", {"Title": "mine"}).data

    @SENDING
    @given(BODIES)
    def send(body: dict[str, Any]) -> None:
        answer = caller.call("my.things:thing:update", {**body, "Id": made["Id"]})
        assert answer.status in (200, 400), answer
        if answer.status == 200:
            assert (answer.data["Id"], answer.data["createdAt"]) == (made["Id"], made["createdAt"])

    send()
    assert undeclared(target) == {"Thing": set(), "Note": set()}


def test_an_item_belongs_to_who_made_it_whatever_the_body_says(target: Target, caller: Client) -> None:
    other = target.app.client().identity_id
    caller.call("my.things:thing:keep", {"Text": "whose", "Owner": other, "Id": "chosen"})
    assert {item["Owner"]["S"] for item in target.items("Note")} == {caller.identity_id}
    assert "chosen" not in {item["Id"]["S"] for item in target.items("Note")}


def test_times_and_ids_are_the_servers(target: Target, caller: Client) -> None:
    sent = {"Title": "t", "Id": "planted", "createdAt": "1999-01-01T00:00:00Z", "updatedAt": "2999-01-01T00:00:00Z"}
    made = caller.call("my.things:thing:create", sent).data
    assert (made["Id"] != "planted", made["createdAt"][:2], made["updatedAt"] == made["createdAt"]) == (True, "20", True)
