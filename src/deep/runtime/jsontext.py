"""JSON, by CPython's C scanner and encoder alone: the `json` package around them costs 8 ms of every cold start, most of it regular expressions.

Stricter than `json`: NaN and infinities are neither read nor written (RFC 8259). CPython only, as Lambda is.
"""

from __future__ import annotations

from _json import encode_basestring, make_encoder, make_scanner
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_WHITESPACE = " \t\n\r"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class _ScannerSettings:
    """What the C scanner reads its settings from, named as `json.JSONDecoder`'s attributes are."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_refuse_constant)


def _slow_loads(text: str) -> Any:
    import json

    return json.loads(text, parse_constant=_refuse_constant)


_scan = make_scanner(_ScannerSettings())  # type: ignore[arg-type]  # typeshed wants the whole JSONDecoder


def loads(text: str | bytes) -> Any:
    """JSON text (or its UTF-8) -> Python. Raises ValueError for anything that is not JSON, however deep or long it is."""
    document = (text if isinstance(text, str) else text.decode()).strip(_WHITESPACE)
    try:
        value, end = _scan(document, 0)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None
    except (StopIteration, SystemError):
        # The C scanner stops without a word, or without its exception class when `json` was never imported: ask again for the message.
        return _slow_loads(document)
    if end != len(document):
        return _slow_loads(document)
    return value


def encoder(default: Callable[[Any], Any]) -> Callable[[Any], str]:
    """A function from Python to compact JSON text; `default` replaces what JSON does not know, or raises TypeError."""
    # (markers, default, string encoder, indent, key separator, item separator, sort keys, skip odd keys, allow NaN)
    encode = make_encoder(None, default, encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(encode(value, 0))


def _no_default(value: Any) -> NoReturn:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _lambda_default(value: Any) -> Any:
    """As AWS's own runtime: a Decimal (boto3's numbers) becomes a number, nothing else is replaced."""
    if type(value).__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    return _no_default(value)


def _response_default(value: Any) -> Any:
    """What tables hold and JSON does not: sets become sorted lists, bytes base64 text, dates ISO 8601."""
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (bytes, bytearray)):
        from binascii import b2a_base64

        return b2a_base64(value, newline=False).decode()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _lambda_default(value)


dumps = encoder(_no_default)
dumps_result = encoder(_lambda_default)
dumps_response = encoder(_response_default)


def why_not_json(value: Any, path: str = "$") -> str | None:
    """The path and reason of the first part of `value` that `dumps_result` refuses (`$.items[2].when: datetime is not JSON`), else None."""
    if isinstance(value, dict):
        for key, child in value.items():
            if not isinstance(key, (str, int, float, bool, type(None))):
                return f"{path}: key {key!r} is not JSON"
            if found := _why_child(child, f"{path}.{key}"):
                return found
        return None
    if isinstance(value, (list, tuple)):
        return next((found for number, child in enumerate(value) if (found := _why_child(child, f"{path}[{number}]"))), None)
    return _why_leaf(value, path)


def _why_child(child: Any, path: str) -> str | None:
    try:
        return why_not_json(child, path)
    except RecursionError:
        return f"{path[:200]}: contains itself or is nested too deeply"


def _why_leaf(value: Any, path: str) -> str | None:
    if isinstance(value, float) and not isfinite(value):
        return f"{path}: {value!r} is not JSON"
    try:
        dumps_result(value).encode()
    except UnicodeEncodeError:
        return f"{path}: text with half a surrogate pair is not JSON"
    except (TypeError, ValueError):
        return f"{path}: {type(value).__name__} is not JSON"
    return None
