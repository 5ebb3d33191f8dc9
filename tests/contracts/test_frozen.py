"""Our frozen dataclasses are the standard library's in all that anybody can see of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any

import pytest

from deep.frozen import dataclass as ours

theirs = dataclasses.dataclass


def point(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True, order=True)
    class Point:
        """A place on paper, with a word about it."""

        x: int
        y: int = 0
        words: tuple[str, ...] = ()
        seen: Mapping[str, int] = field(default_factory=dict, compare=False)
        secret: str = field(default="hidden", repr=False)

        @property
        def sum(self) -> int:
            return self.x + self.y

    return Point


def named(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Named:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Named) and other.name.lower() == self.name.lower()

        def __hash__(self) -> int:
            return 5

        def __repr__(self) -> str:
            return f"<{self.name}>"

    return Named


def checked(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Checked:
        number: int

        def __post_init__(self) -> None:
            if self.number < 0:
                raise ValueError("below zero")

    return Checked


def nothing(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Nothing:
        """It has no field."""

    return Nothing


def deeper(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Deeper(point(dataclass)):  # type: ignore[misc]
        z: int = 0

    return Deeper


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """Pickled by its name."""

    value: int
    more: tuple[int, ...] = ()


@ours(frozen=True, slots=True)
class Ours:
    """Pickled by its name."""

    value: int
    more: tuple[int, ...] = ()


@pytest.fixture(params=[theirs, ours], ids=["theirs", "ours"])
def dataclass(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_instances_are_made_by_place_and_by_name(dataclass: Any) -> None:
    made = point(dataclass)
    assert made(1, 2, words=("a",)) == made(x=1, y=2, words=("a",))
    assert (made(1).y, made(1).words, made(1).secret, made(1).sum) == (0, (), "hidden", 1)
    assert made(1).seen is not made(1).seen, "each has a default of its own"


@pytest.mark.parametrize(("arguments", "told"), [((), "missing 1 required positional argument: 'x'"), ((1, 2, (), {}, "", 3), "takes from 2 to 6")])
def test_wrong_arguments_are_told_as_a_function_s(dataclass: Any, arguments: tuple[Any, ...], told: str) -> None:
    with pytest.raises(TypeError, match=f"Point.__init__\\(\\) {told}"):
        point(dataclass)(*arguments)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        point(dataclass)(1, z=2)


def test_nothing_of_an_instance_changes(dataclass: Any) -> None:
    one = point(dataclass)(1)
    with pytest.raises(FrozenInstanceError):
        one.x = 2
    with pytest.raises(FrozenInstanceError):
        del one.x
    with pytest.raises((FrozenInstanceError, TypeError)):  # theirs stumbles over names that the class has not, before Python 3.12
        one.other = 2
    assert not hasattr(one, "__dict__")
    assert one.x == 1


def test_instances_are_compared_by_their_fields_and_only_with_their_like(dataclass: Any) -> None:
    made, other = point(dataclass), point(dataclass)
    assert made(1, seen={"a": 1}) == made(1, seen={})
    assert hash(made(1, seen={"a": 1})) == hash(made(1))
    assert made(1) != made(2)
    assert made(1) != other(1)
    assert made.__eq__(made(1), other(1)) is NotImplemented
    assert sorted([made(2), made(1, 5), made(1)]) == [made(1), made(1, 5), made(2)]
    assert (made(1) <= made(1), made(1) < made(1), made(2) > made(1), made(1) >= made(2)) == (True, False, True, False)
    with pytest.raises(TypeError):
        made(1) < other(2)  # noqa: B015


def test_an_instance_shows_its_fields_but_for_what_is_secret(dataclass: Any) -> None:
    assert repr(point(dataclass)(1, words=("a",))).endswith("Point(x=1, y=0, words=('a',), seen={})")
    assert repr(nothing(dataclass)()).endswith("Nothing()")


def test_a_class_keeps_the_methods_that_it_has(dataclass: Any) -> None:
    made = named(dataclass)
    assert (made("Ada") == made("ADA"), repr(made("Ada"))) == (True, "<Ada>")
    assert hash(made("Ada")) == 5
    with pytest.raises(ValueError, match="below zero"):
        checked(dataclass)(-1)


def test_a_class_of_another_has_its_fields_first(dataclass: Any) -> None:
    made = deeper(dataclass)
    assert [one.name for one in fields(made)] == ["x", "y", "words", "seen", "secret", "z"]
    assert (made(1, z=3).x, made(1, z=3).z, made(1, z=3) == made(1, z=3)) == (1, 3, True)


def test_what_reads_classes_reads_these(dataclass: Any) -> None:
    made = point(dataclass)
    one = made(1, 2)
    assert replace(one, y=3) == made(1, 3)
    assert asdict(one) == {"x": 1, "y": 2, "words": (), "seen": {}, "secret": "hidden"}
    match one:
        case made(x, y=two):
            assert (x, two) == (1, 2)
        case _:
            pytest.fail("it does not match")
    assert made.__match_args__ == ("x", "y", "words", "seen", "secret")
    assert made.__doc__ == "A place on paper, with a word about it."


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
@pytest.mark.parametrize("made", [Theirs, Ours])
def test_instances_are_copied_and_pickled(made: Any, copied: Callable[[Any], Any]) -> None:
    one = made(1, (2,))
    assert copied(one) == one
    assert copied(made(1)) == made(1)


def test_what_ours_has_not_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Odd\.value: fields of frozen classes are parameters"):

        @ours(frozen=True, slots=True)
        class Odd:
            value: int = field(default=0, init=False)
