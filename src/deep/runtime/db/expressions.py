"""DynamoDB expressions, built from placeholders only.

Neither a field's name nor a value ever becomes part of an expression's text: reserved words, operators and quotes in data mean nothing.
"""

from __future__ import annotations

from deep.runtime.db.values import to_attribute
from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_COMPARISONS = frozenset(("=", "<>", "<", "<=", ">", ">="))
_FUNCTIONS = frozenset(("begins_with", "contains"))


class Placeholders:
    """Collects the names and values of one request and hands out `#0`, `:0` and so on for them."""

    __slots__ = ("_names", "_values")

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def name(self, field: object) -> str:
        """The placeholder of a field's name; the same field has the same one."""
        if not isinstance(field, str) or not field:
            raise InvalidArgumentError(f"{field!r} cannot name a field")
        return self._names.setdefault(field, f"#{len(self._names)}")

    def value(self, value: Any) -> str:
        placeholder = f":{len(self._values)}"
        self._values[placeholder] = to_attribute(value)
        return placeholder

    def members(self) -> dict[str, Any]:
        """What the request must carry beside its expressions."""
        told: dict[str, Any] = {"ExpressionAttributeNames": {placeholder: field for field, placeholder in self._names.items()}}
        if self._values:
            told["ExpressionAttributeValues"] = self._values
        return told


def condition(placeholders: Placeholders, field: str, wanted: Any) -> str:
    """One condition on a field.

    `wanted` is the value it equals, None where it must be absent, or a pair (operator, value) with one of =, <>, <, <=, >, >=, begins_with, contains.
    Lists come from JSON and are values; only code can make the tuple of a pair.
    """
    name = placeholders.name(field)
    if wanted is None:
        return f"attribute_not_exists({name})"
    if not isinstance(wanted, tuple):
        return f"{name} = {placeholders.value(wanted)}"
    operator, value = wanted if len(wanted) == 2 else (None, None)
    if operator in _COMPARISONS:
        return f"{name} {operator} {placeholders.value(value)}"
    if operator in _FUNCTIONS:
        return f"{operator}({name}, {placeholders.value(value)})"
    raise InvalidArgumentError(f"a condition is a value or a pair (operator, value) with one of {', '.join(sorted(_COMPARISONS | _FUNCTIONS))}")


def conjunction(placeholders: Placeholders, conditions: Mapping[str, Any]) -> str:
    """All `conditions` at once, joined by AND; empty text for none."""
    return " AND ".join(condition(placeholders, field, wanted) for field, wanted in conditions.items())


def assignments(placeholders: Placeholders, changes: Mapping[str, Any]) -> str:
    """An update expression: fields are set to their new values, and removed where that is None."""
    sets = [f"{placeholders.name(field)} = {placeholders.value(value)}" for field, value in changes.items() if value is not None]
    removals = [placeholders.name(field) for field, value in changes.items() if value is None]
    return " ".join(f"{word} {', '.join(parts)}" for word, parts in (("SET", sets), ("REMOVE", removals)) if parts)
