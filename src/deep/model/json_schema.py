"""The shapes of our files as JSON Schema, for completion and checks in editors; published under docs/reference/schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from deep.model.formats import Format
from deep.model.shape import Again, Anything, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text

_AUTHORS = r"^(x-.*|//|\$schema)$"


def json_schema(format_: Format) -> dict[str, Any]:
    """The draft-07 schema of one kind of file. It accepts what our own checks accept, but for what only the whole project can tell."""
    writer = _Writer()
    body = writer.schema(format_.shape)
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": format_.file, "description": format_.about}
    return {**head, **body, **({"definitions": writer.definitions} if writer.definitions else {})}


class _Writer:
    """Collects the shapes that hold themselves as definitions while it writes the others in place."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}

    def schema(self, shape: Shape) -> dict[str, Any]:
        match shape:
            case Text():
                return {"type": "string", **_given(enum=list(shape.choices) or None, pattern=_whole(shape.pattern))}
            case Number():
                return {"type": "integer" if shape.whole else "number", **_given(minimum=shape.minimum, maximum=shape.maximum)}
            case Flag() | Anything():
                return {"type": "boolean"} if isinstance(shape, Flag) else {}
            case ListOf():
                return {
                    "type": "array",
                    "items": self.schema(shape.item),
                    **_given(uniqueItems=shape.unique or None, minItems=1 if shape.filled else None),
                }
            case MapOf():
                return self.map(shape)
            case OneOf():
                return {"anyOf": [self.schema(one) for one in shape.shapes]}
            case Again() | Record():
                return self.again(shape) if isinstance(shape, Again) else self.record(shape)
            case _:
                assert_never(shape)

    def again(self, shape: Again) -> dict[str, Any]:
        if shape.name not in self.definitions:
            self.definitions[shape.name] = {}  # so that the shape's own mention of itself ends here
            self.definitions[shape.name] = self.schema(shape.get())
        return {"$ref": f"#/definitions/{shape.name}"}

    def map(self, shape: MapOf) -> dict[str, Any]:
        special, key = sorted(shape.special), shape.key
        names: list[dict[str, Any]] = [{"pattern": _AUTHORS}, *([{"enum": special}] if special else [])]
        names += [{"enum": list(key.choices)}] if key.choices else [{"pattern": _whole(key.pattern)}]
        return {
            "type": "object",
            **({"properties": self.fields(shape.special)} if special else {}),
            "patternProperties": {_AUTHORS: {}},
            "additionalProperties": self.schema(shape.value),
            **({"propertyNames": {"anyOf": names}} if key.pattern or key.choices else {}),
        }

    def record(self, shape: Record) -> dict[str, Any]:
        required = [name for name, field in shape.fields.items() if field.required]
        return {
            "type": "object",
            "properties": self.fields(shape.fields),
            "patternProperties": {_AUTHORS: {}},
            "additionalProperties": shape.extensible,
            **({"required": required} if required else {}),
        }

    def fields(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        return {name: {**self.schema(one.shape), "description": one.doc, **_given(default=one.default)} for name, one in fields.items()}


def _whole(pattern: str | None) -> str | None:
    """Python matches the whole text; JSON Schema (ECMA 262) searches in it, and has no `\\Z`."""
    return f"^(?:{pattern.replace(chr(92) + 'Z', '$')})$" if pattern else None


def _given(**limits: Any) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if value is not None}
