"""What a named parameter of RAML 0.8 allows as its value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deep.model.checks import type_name

_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def value_mistake(spec: Mapping[str, Any], value: Any) -> str | None:
    """What is wrong with the value, as the end of a sentence that begins with the parameter's name; None when nothing is."""
    if not spec["repeat"]:
        return _one_mistake(spec, value)
    if not isinstance(value, list):
        return f"is {type_name(value)}, expected an array, as it may repeat"
    return next((mistake for item in value if (mistake := _one_mistake(spec, item))), None)


def from_text(spec: Mapping[str, Any], text: str) -> Any:
    """The value that an environment variable's text stands for; text that stands for none is left as it is, and `value_mistake` tells of it."""
    if spec["repeat"]:
        return [_one_from_text(spec["type"], item) for item in text.split(",")]
    return _one_from_text(spec["type"], text)


def _one_from_text(type_: str, text: str) -> Any:
    if type_ == "boolean":
        return _TRUTHS.get(text.strip().lower(), text)
    if type_ in ("number", "integer"):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, int | float) else text
    return text


def _one_mistake(spec: Mapping[str, Any], value: Any) -> str | None:
    if mistake := _type_mistake(spec["type"], value):
        return mistake
    if spec["enum"] is not None and value not in spec["enum"]:
        return f"is {json.dumps(value)}, expected one of {', '.join(json.dumps(one) for one in spec['enum'])}"
    return _text_mistake(spec, value) if isinstance(value, str) else _range_mistake(spec, value)


def _type_mistake(type_: str, value: Any) -> str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match type_:
        case "string" | "file":
            fits, expected = isinstance(value, str), "a string"
        case "number":
            fits, expected = is_number, "a number"
        case "integer":
            fits, expected = is_number and float(value).is_integer(), "a whole number"
        case "boolean":
            fits, expected = isinstance(value, bool), "true or false"
        case _:
            fits, expected = isinstance(value, str) and _is_date(value), "a date such as 2016-02-12 or Fri, 12 Feb 2016 12:20:55 GMT"
    return None if fits else f"is {json.dumps(value)}, expected {expected}"


def _is_date(text: str) -> bool:
    """RAML 0.8 asks for RFC 2616's full date; ISO 8601 is what people write."""
    from email.utils import parsedate_to_datetime  # costs as much as the rest of this room together

    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            parse(text)
        except (ValueError, TypeError):
            continue
        return True
    return False


def _text_mistake(spec: Mapping[str, Any], value: str) -> str | None:
    low, high, pattern = spec["minLength"], spec["maxLength"], spec["pattern"]
    if (low is not None and len(value) < low) or (high is not None and len(value) > high):
        return f"has {len(value)} characters, expected {_bounds(low, high)}"
    if pattern is not None and not _matches(pattern, value):
        return f"is {json.dumps(value)}, which does not match {pattern}"
    return None


def _range_mistake(spec: Mapping[str, Any], value: Any) -> str | None:
    low, high = spec["minimum"], spec["maximum"]
    if isinstance(value, bool) or not ((low is not None and value < low) or (high is not None and value > high)):
        return None
    return f"is {value}, expected {_bounds(low, high)}"


def _bounds(low: float | None, high: float | None) -> str:
    return f"at least {low:g}" if high is None else f"at most {high:g}" if low is None else f"{low:g} to {high:g}"


def _matches(pattern: str, value: str) -> bool:
    """RAML's patterns are searched for, as JavaScript's are; one that cannot be compiled is told of where it is declared, and matches here."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True
