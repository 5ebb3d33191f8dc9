"""From one shape of a table to another by steps that DynamoDB takes, the last of which is the model's own."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product
from typing import Any

from deep.bundle.table_changes import Key, Shape, TableStep, shape_of, table_steps
from deep.bundle.table_rows import Tally, moved

ID, OWNER = Key("Id", "HASH", "S"), Key("Owner", "HASH", "S")
SHARED, OWN = (ID,), (OWNER, Key("Id", "RANGE", "S"))


def shape(keys: tuple[Key, ...] = SHARED, **indexes: str) -> Shape:
    """`indexes` map a name to `Field:Type`."""
    fields = {name: told.partition(":") for name, told in indexes.items()}
    return Shape(keys, {name: (Key(field, "HASH", kind or "S"),) for name, (field, _, kind) in fields.items()})


there, back = partial(moved, former=SHARED, keys=OWN), partial(moved, former=OWN, keys=SHARED)


def doings(standing: Shape | None, wanted: Shape) -> list[str]:
    return [f"{step.doing} {step.index}".strip() for step in table_steps(standing, wanted)]


def test_a_table_that_is_as_it_should_be_takes_no_step() -> None:
    assert doings(shape(a="A"), shape(a="A")) == []


def test_a_new_table_is_made_whole() -> None:
    assert list(table_steps(None, shape(a="A"))) == [TableStep("create", shape(a="A"))]


def test_indexes_come_before_others_go() -> None:
    assert doings(shape(a="A", b="B"), shape(c="C", d="D")) == ["add-index c", "add-index d", "drop-index a", "drop-index b"]


def test_an_index_whose_keys_differ_goes_before_it_comes_again() -> None:
    assert doings(shape(a="A:S", b="B"), shape(a="A:N", b="B")) == ["drop-index a", "add-index a"]


def test_an_index_that_holds_a_field_to_its_former_type_goes_first() -> None:
    assert doings(shape(a="A:S"), shape(again="A:N")) == ["drop-index a", "add-index again"]


def test_every_step_is_one_that_dynamodb_takes_and_the_last_is_the_models() -> None:
    """One index a step, no field with two types; and the shape survives being told as DynamoDB tells it."""
    kinds = [shape(), shape(a="A:S"), shape(a="A:N"), shape(a="A:S", b="B"), shape(b="B", a="A:N"), shape(c="A:N", b="B:N")]
    for before, after in product(kinds, kinds):
        shapes = [before, *(step.shape for step in table_steps(before, after))]
        assert shapes[-1].members() == after.members()
        for one, other in pairwise(shapes):
            assert len(one.indexes.items() ^ other.indexes.items()) == 1
            assert shape_of(other.members()) == other


def test_a_row_goes_to_other_keys_and_back_unchanged() -> None:
    for row in ({"Id": {"S": "1"}}, {"Id": {"S": "1"}, "Owner": {"S": "nobody"}}, {"Id": {"S": "1"}, "Owner": {"N": "7"}}):
        assert back(there(row)) == row
    owned = {"Id": {"S": "1"}, "Owner": {"S": "us-east-1:alice"}}
    assert there(back(owned)) == owned
    assert "Owner" not in back(owned), "whose it was is nobody's business in a shared model"


def test_nobody_becomes_an_owner_by_what_a_field_held() -> None:
    claimed = {"Id": {"S": "1"}, "Owner": {"S": "us-east-1:victim"}}
    assert there(claimed)["Owner"] == {"S": "nobody"}


def test_a_row_that_keeps_its_keys_is_left_as_it_is() -> None:
    owned = {"Id": {"S": "1"}, "Owner": {"S": "us-east-1:alice"}}
    assert moved(owned, OWN, OWN) == owned


def test_equal_rows_have_equal_tallies_in_any_order() -> None:
    rows: list[dict[str, Any]] = [{"Id": {"S": "1"}, "Tags": {"SS": ["a", "b"]}}, {"Id": {"S": "2"}, "Picture": {"B": b"x"}}]
    turned: list[dict[str, Any]] = [{"Id": {"S": "2"}, "Picture": {"B": "eA=="}}, {"Id": {"S": "1"}, "Tags": {"SS": ["b", "a"]}}]

    def tally(told: list[dict[str, Any]]) -> Tally:
        made = Tally()
        for row in told:
            made.add(row)
        return made

    assert tally(rows) == tally(turned)
    assert tally(rows) != tally(turned[:1])
    assert tally(rows) != tally([turned[0], {**turned[1], "Tags": {"SS": ["a"]}}])
