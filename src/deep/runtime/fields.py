"""The types of a model's fields (`deep-2016` 2.7), as functions check them before they write.

A model is a mapping of field to type: `{"Title": "string", "Address": {"Street": "string"}}`. All fields are optional; None means absent; what the
model does not name is left out, so that nobody can write an attribute the author never declared.
"""

from __future__ import annotations

from deep.runtime.exceptions import InvalidArgumentError, ValidationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from deep.wire.invocation import FieldError

SERVER_FIELDS = frozenset(("Id", "createdAt", "updatedAt"))
"""Fields only DEEP sets; they are ignored in what callers send."""

PATTERNS = {
    "date": r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([Tt]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?",
    "email": r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+",
    "website": r"[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]+([/?#]\S*)?",
    "uuid": r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
}
"""The texts of each textual type. The compiled validation schemas use the same ones; a test compares them. Empty text is allowed for all."""


def check(fields: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """`data` without what `fields` does not name, its values in the form tables keep. Raises ValidationError naming every field that does not fit."""
    errors: list[FieldError] = []
    cleaned = _check_object(fields, data, "", errors)
    if errors:
        raise ValidationError(errors)
    return cleaned


def _check_object(fields: Mapping[str, Any], data: Any, path: str, errors: list[FieldError]) -> dict[str, Any]:
    if not isinstance(data, dict):
        errors.append({"path": path, "message": "must be object"})
        return {}
    cleaned: dict[str, Any] = {}
    for field, kind in fields.items():
        if field not in data:
            continue
        value = data[field]
        where = f"{path}.{field}" if path else field
        if value is None:
            cleaned[field] = None
        elif isinstance(kind, dict):
            cleaned[field] = _check_object(kind, value, where, errors)
        else:
            cleaned[field] = _check_value(kind, value, where, errors)
    return cleaned


def _check_value(kind: str, value: Any, where: str, errors: list[FieldError]) -> Any:
    try:
        convert = _KINDS[kind]
    except (KeyError, TypeError):
        raise InvalidArgumentError(f"{where}: {kind!r} is not a field type; known are {', '.join(sorted(_KINDS))}") from None
    try:
        return convert(value)
    except (TypeError, ValueError):
        errors.append({"path": where, "message": f"must be {_WORDS.get(kind, kind)}"})
        return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _number(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value - value == 0:
        return value
    raise TypeError


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise TypeError


def _binary(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    from binascii import a2b_base64

    return a2b_base64(_text(value).encode(), strict_mode=True)


def _members(value: Any, convert: Callable[[Any], Any]) -> list[Any]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [convert(member) for member in value]
    raise TypeError


def _set_of(convert: Callable[[Any], Any]) -> Callable[[Any], set[Any] | None]:
    # DynamoDB has no empty set; an absent field is the same thing.
    return lambda value: set(_members(value, convert)) or None


def _matching(kind: str) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        import re

        if kind == "date" and hasattr(value, "isoformat"):
            value = value.isoformat()
        if _text(value) and not re.fullmatch(PATTERNS[kind], value):
            raise ValueError
        return value  # type: ignore[no-any-return]

    return convert


_KINDS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _matching("date"),
    "email": _matching("email"),
    "website": _matching("website"),
    "uuid": _matching("uuid"),
    "timeUUID": _matching("uuid"),
    "map": _map,
    "mapSet": lambda value: _members(value, _map),
    "binary": _binary,
    "stringSet": _set_of(_text),
    "numberSet": _set_of(_number),
    "binarySet": _set_of(_binary),
}
_WORDS = {
    "date": "an ISO 8601 date",
    "email": "an e-mail address",
    "website": "an http(s) address",
    "uuid": "a UUID",
    "timeUUID": "a UUID",
    "map": "object",
    "mapSet": "an array of objects",
    "binary": "base64 text",
    "stringSet": "an array of strings",
    "numberSet": "an array of numbers",
    "binarySet": "an array of base64 texts",
}
