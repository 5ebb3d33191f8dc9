"""Indexes of tables change one at a time, the new ones before the functions and the old ones after them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from deep.bundle.target import Target
from deep.model import Index, Model
from deep.provision.release import release_of
from deep.provision.stacks import Stack, compile_stacks
from deep.provision.states.index_rounds import Rounds, index_rounds
from tests.fakes.apps import HERE, app_of

TARGET = Target("dev", "0badcafe", "us-east-1", "123456789012")


def data(**models: str) -> Stack:
    """The data stack of an app whose models have indexes on the fields named: `Todo="Title Rank"`."""
    fields = {"Title": "string", "Rank": "number", "Town": "string", "Mail": "string"}
    told = [Model(name, fields, tuple(Index(f"{one}-index", one) for one in keys.split()), {}, HERE) for name, keys in models.items()]
    return compile_stacks(release_of(app_of(*told), TARGET, {})).data


def between(before: Stack, after: Stack) -> Rounds:
    return index_rounds(before.template.as_json(), after)


def indexes(stack: Stack, table: str = "TableTodo") -> str:
    found: Any = next(one for one in stack.template.resources if one.logical_id == table)
    return " ".join(one["IndexName"].removesuffix("-index") for one in found.properties.get("GlobalSecondaryIndexes", ()))


def test_nothing_to_do_with_indexes_is_one_stack() -> None:
    wanted = data(Todo="Title")
    assert index_rounds(None, wanted) == Rounds((wanted,), ())
    assert between(data(Todo="Title"), wanted) == Rounds((wanted,), ())
    assert between(data(), wanted) == Rounds((wanted,), ()), "a new table is made whole"


def test_three_come_and_two_go_one_at_a_time() -> None:
    rounds = between(data(Todo="Title"), data(Todo="Rank Town Mail"))
    assert [indexes(stack) for stack in rounds.first] == ["Title", "Rank Title", "Rank Town Title", "Rank Town Mail Title"]
    assert [indexes(stack) for stack in rounds.last] == ["Rank Town Mail"]
    assert rounds.last[-1].template.text() == data(Todo="Rank Town Mail").template.text(), "what a deploy leaves is what the app says"
    for one, other in pairwise(rounds.all):
        assert len(set(indexes(one).split()) ^ set(indexes(other).split())) == 1


def test_everything_else_changes_with_the_first_stack_alone() -> None:
    rounds = between(data(Todo="", Old=""), data(Todo="Title", New="Rank"))
    (before, after) = rounds.first
    assert indexes(before) == ""
    assert indexes(before, "TableNew") == "Rank"
    assert "TableOld" not in before.template.as_json()["Resources"]
    assert after.template.text() == data(Todo="Title", New="Rank").template.text()


def test_tables_change_side_by_side() -> None:
    rounds = between(data(Todo="", Note="Mail"), data(Todo="Title Rank", Note="Town"))
    assert [(indexes(stack), indexes(stack, "TableNote")) for stack in rounds.all] == [
        ("", "Mail"),
        ("Title", "Town Mail"),
        ("Title Rank", "Town Mail"),
        ("Title Rank", "Town"),
    ]


def test_killed_after_any_round_it_goes_on_from_there() -> None:
    wanted = data(Todo="Rank Town")
    for stack in between(data(Todo="Title Mail"), wanted).all:
        again = between(stack, wanted).all
        assert indexes(again[0]) == indexes(stack)
        assert again[-1].template.text() == wanted.template.text()
