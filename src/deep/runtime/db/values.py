"""Python values <-> DynamoDB's attribute values.

str S, bool BOOL, None NULL, int and float N, bytes B, dict M, list and tuple L, sets of one kind SS, NS, BS. Numbers need no Decimal: an int is
written digit by digit (38 at most, DynamoDB's precision) and a float as its shortest exact text; reading gives an int where the text is integral,
else a float. DynamoDB keeps numbers, not spellings, so 1.0 comes back as 1.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from math import isfinite

from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_DIGITS = 38


def to_attribute(value: Any) -> dict[str, Any]:
    """`"x"` -> `{"S": "x"}`. Raises InvalidArgumentError for what a table cannot hold."""
    write = _WRITERS.get(type(value))
    return write(value) if write else _write_kin(value)


def from_attribute(attribute: dict[str, Any]) -> Any:
    """`{"S": "x"}` -> `"x"`."""
    [(kind, value)] = attribute.items()
    return value if kind in _AS_IS else _READERS[kind](value)


def to_attributes(item: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A whole item. Raises InvalidArgumentError as `to_attribute`, and for keys that are not text."""
    attributes = {}
    for key, value in item.items():
        if not isinstance(key, str):
            raise InvalidArgumentError(f"{key!r} cannot name an attribute: text is expected")
        attributes[key] = to_attribute(value)
    return attributes


def from_attributes(attributes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A whole item. Text, which most attributes are, comes without a call of its own."""
    return {key: attribute["S"] if "S" in attribute else from_attribute(attribute) for key, attribute in attributes.items()}


def number_text(value: float) -> str:
    """The N text of an int or float. Raises InvalidArgumentError for NaN, infinities and more digits than DynamoDB keeps."""
    if isinstance(value, int):
        if not -(10**_MOST_DIGITS) < value < 10**_MOST_DIGITS:
            raise InvalidArgumentError(f"a whole number of more than {_MOST_DIGITS} digits cannot be stored")
        return str(int(value))
    if not isfinite(value):
        raise InvalidArgumentError(f"{value!r} cannot be stored")
    return repr(float(value))


def read_number(text: str) -> float:
    """An int where the text is integral, else a float."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _write_set(value: set[Any] | frozenset[Any]) -> dict[str, Any]:
    kinds = {bool if isinstance(member, bool) else _set_kind(member) for member in value}
    if kinds == {"SS"}:
        return {"SS": sorted(value)}
    if kinds == {"NS"}:
        return {"NS": sorted(number_text(member) for member in value)}
    if kinds == {"BS"}:
        return {"BS": sorted(_base64(member) for member in value)}
    raise InvalidArgumentError("a set must hold at least one member, and only text, only numbers or only bytes")


def _set_kind(member: Any) -> str:
    if isinstance(member, str):
        return "SS"
    if isinstance(member, (int, float)):
        return "NS"
    return "BS" if isinstance(member, bytes) else "other"


def _base64(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode()


def _write_kin(value: Any) -> dict[str, Any]:
    """Subclasses of the known types (an IntEnum, an OrderedDict) and boto3's Decimal."""
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    if type(value).__name__ == "Decimal" and value.is_finite():
        return {"N": str(value)}
    raise InvalidArgumentError(f"a value of type {type(value).__name__} cannot be stored")


_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    str: lambda value: {"S": value},
    bool: lambda value: {"BOOL": value},
    int: lambda value: {"N": number_text(value)},
    float: lambda value: {"N": number_text(value)},
    type(None): lambda value: {"NULL": True},
    dict: lambda value: {"M": to_attributes(value)},
    list: lambda value: {"L": [to_attribute(member) for member in value]},
    tuple: lambda value: {"L": [to_attribute(member) for member in value]},
    bytes: lambda value: {"B": _base64(value)},
    bytearray: lambda value: {"B": _base64(value)},
    set: _write_set,
    frozenset: _write_set,
}

_AS_IS = frozenset(("S", "BOOL"))
_READERS: dict[str, Callable[[Any], Any]] = {
    "N": read_number,
    "NULL": lambda value: None,
    "M": from_attributes,
    "L": lambda value: [from_attribute(member) for member in value],
    "B": a2b_base64,
    "SS": set,
    "NS": lambda value: {read_number(member) for member in value},
    "BS": lambda value: {a2b_base64(member) for member in value},
}
