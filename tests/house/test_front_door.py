"""The names function authors learn: few, sorted, all there, and free until they are asked for."""

from __future__ import annotations

import deep

MOST_NAMES = 16


def test_the_front_door_is_small_and_sorted() -> None:
    assert deep.__all__ == sorted(deep.__all__)
    assert len(set(deep.__all__)) == len(deep.__all__) <= MOST_NAMES


def test_every_name_is_there() -> None:
    assert [name for name in deep.__all__ if getattr(deep, name, None) is None] == []


def test_dir_shows_what_the_door_offers() -> None:
    assert dir(deep) == sorted(deep.__all__)


def test_every_public_class_and_function_explains_itself() -> None:
    offered = (getattr(deep, name) for name in deep.__all__)
    assert [thing.__name__ for thing in offered if callable(thing) and not (thing.__doc__ or "").strip()] == []
