"""The fields of our files as tables for people, in docs/reference/files.md: written from the same shapes that check the files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import assert_never

from deep.model.formats import Format
from deep.model.shape import Again, Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text, type_of

_HEAD = ("| Field | Value | Default | What it is |", "|---|---|---|---|")


def fields_table(format_: Format) -> str:
    """The Markdown table of one kind of file: a row for each field, those of objects inside objects by their way (`engine.memory`)."""
    return "\n".join((*_HEAD, *_Table().rows("", format_.shape)))


class _Table:
    """Writes the rows of one table; a shape that comes again is written once."""

    def __init__(self) -> None:
        self.told: list[Shape] = []

    def rows(self, prefix: str, shape: Shape) -> Iterator[str]:
        match shape:
            case Record():
                yield from self.fields(prefix, shape.fields)
            case MapOf():
                yield from self.members(prefix, shape)
            case ListOf():
                yield from self.rows(f"{prefix[:-1]}[].", shape.item)
            case OneOf():
                for one in shape.shapes:
                    yield from self.rows(prefix, one) if isinstance(one, Record | ListOf) else ()
            case Text() | Number() | Flag() | Anything() | Again():
                return
            case _:
                assert_never(shape)

    def members(self, prefix: str, shape: MapOf) -> Iterator[str]:
        name = f"{prefix}<{re.sub('^name of an? ', '', shape.what)}>"
        if shape in self.told:
            return
        self.told.append(shape)
        if isinstance(shape.value, Record | MapOf):
            yield from self.rows(f"{name}.", shape.value)
        elif not isinstance(shape.value, Anything):
            yield _row(name, _value(shape.value), "", shape.key.rule or "")
        yield from self.fields(prefix, shape.special)

    def fields(self, prefix: str, fields: Mapping[str, Field]) -> Iterator[str]:
        for name, field in fields.items():
            is_told = field.default is not None and (field.default != {} or isinstance(field.shape, MapOf))
            default = "required" if field.required else f"`{json.dumps(field.default)}`" if is_told else ""
            again = "; what is inside is as above" if field.shape in self.told else ""
            yield _row(f"{prefix}{name}", _value(field.shape), default, field.doc + again)
            yield from self.rows(f"{prefix}{name}.", field.shape)


def _row(name: str, *cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in (f"`{name}`", *cells)) + " |"


def _value(shape: Shape) -> str:
    match shape:
        case Text(choices=choices) if choices:
            return ", ".join(f"`{choice}`" for choice in choices)
        case Text():
            return shape.rule or "text"
        case Number():
            return _range(shape)
        case ListOf():
            return f"list of: {_value(shape.item)}"
        case OneOf():
            return "; or ".join(_value(one) for one in shape.shapes)
        case Again():
            inner = shape.get()
            return "; or ".join("an object of such fields" if isinstance(one, MapOf) else _value(one) for one in _alternatives(inner))
        case _:
            return type_of(shape).replace(" {...}", "")


def _alternatives(shape: Shape) -> tuple[Shape, ...]:
    return shape.shapes if isinstance(shape, OneOf) else (shape,)


def _range(shape: Number) -> str:
    low, high = shape.minimum, shape.maximum
    bounds = f", {low:g} to {high:.0f}" if low is not None and high is not None else f", at least {low:g}" if low is not None else ""
    return f"{type_of(shape).removeprefix('a ')}{bounds}"
