"""A small vocabulary for the shape of our files.

A shape is written once (`formats.py`) and read three times: `checks.py` tells what is wrong with a file and where, `json_schema.py` publishes the
rules for editors, and `reference.py` lists them for people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, assert_never

from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A string. `pattern` must match the whole of it, `rule` says in words what the pattern means; `choices` are all that is allowed.

    `sample` stands in for it where a message shows a line to write.
    """

    pattern: str | None = None
    rule: str | None = None
    choices: tuple[str, ...] = ()
    sample: str = "..."


@dataclass(frozen=True, slots=True)
class Number:
    """A number between `minimum` and `maximum`, both included; whole when `whole`."""

    minimum: float | None = None
    maximum: float | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items all have one shape; `unique` forbids repeats, `filled` forbids the empty list."""

    item: Shape
    unique: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with names of the author's choosing, all values of one shape, but for the `special` names. `what` says in words what a name is."""

    value: Shape
    key: Text = Text()
    what: str = "name of a member"
    special: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several shapes, told apart by their JSON type."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """A shape that holds itself, by a name; `get` answers it."""

    name: str
    get: Callable[[], Shape]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record. An optional field that is absent takes `default`."""

    shape: Shape
    doc: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known fields. Unknown ones are refused, but for the author's own (`is_authors`).

    An `extensible` record is of a language that allows unknown fields: only those that look like a mistyped known one are refused.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    extensible: bool = False


Shape = Text | Number | Flag | Anything | ListOf | MapOf | OneOf | Again | Record


def is_authors(key: str) -> bool:
    """Whether a field belongs to the author: `x-...` for other tools, `//` for remarks, `$schema` for editors."""
    return key.startswith("x-") or key in ("//", "$schema")


def type_of(shape: Shape) -> str:
    """The shape's JSON type in words, as messages expect it."""
    match shape:
        case Text():
            return "a string"
        case Number():
            return "a whole number" if shape.whole else "a number"
        case Flag():
            return "true or false"
        case ListOf():
            return "an array [...]"
        case MapOf() | Record():
            return "an object {...}"
        case OneOf():
            return " or ".join(type_of(one) for one in shape.shapes)
        case Again():
            return type_of(shape.get())
        case Anything():
            return "any value"
        case _:
            assert_never(shape)


def sample(shape: Shape) -> Any:
    """The least value of the shape: what a message shows as a line to write."""
    match shape:
        case Text():
            return shape.choices[0] if shape.choices else shape.sample
        case Number():
            return int(shape.minimum or 0)
        case Flag():
            return False
        case ListOf():
            return [sample(shape.item)] if shape.filled else []
        case OneOf():
            return sample(shape.shapes[0])
        case Again():
            return sample(shape.get())
        case Record():
            return {name: sample(one.shape) for name, one in shape.fields.items() if one.required}
        case MapOf() | Anything():
            return {}
        case _:
            assert_never(shape)


def sample_text(shape: Shape) -> str:
    """`sample` as one line of JSON."""
    return json.dumps(sample(shape), ensure_ascii=False)
