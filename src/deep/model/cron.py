"""Amazon EventBridge's cron expressions: six fields, of which day of month and day of week exclude each other."""

from __future__ import annotations

import re

from deep.frozen import dataclass

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True)
class _Field:
    """The range of a field's numbers, the names that stand for them from `low` on, and a pattern of what else a part may be."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    wildcard: str = r"(?!)"


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31, wildcard=r"\?|L|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, wildcard=r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"),
    _Field("year", 1970, 2199),
)
"""AWS's documentation of EventBridge schedules, `Cron expressions`."""


def cron_mistake(expression: str) -> str | None:
    """What is wrong with a six-field expression, in words; None when nothing is."""
    parts = expression.split()
    if len(parts) != len(_FIELDS):
        return f"it has {len(parts)} fields, expected {len(_FIELDS)}: {', '.join(field.name for field in _FIELDS)}"
    for field, part in zip(_FIELDS, parts, strict=True):
        for item in part.split(","):
            if not _is_item(field, item):
                return f'"{part}" is not a {field.name} ({field.low} to {field.high})'
    if (parts[2] == "?") == (parts[4] == "?"):
        return "one of day of month and day of week must be ?, the other not"
    return None


def _is_item(field: _Field, item: str) -> bool:
    """`*`, `5`, `1-5`, `MON-FRI`, `*/15`, `0/15` or `10-40/5`, or one of the field's own wildcards."""
    if re.fullmatch(field.wildcard, item):
        return True
    span, slash, step = item.partition("/")
    if slash and not (step.isdecimal() and step.isascii() and int(step) > 0):
        return False
    if span == "*":
        return True
    first, dash, last = span.partition("-")
    return _is_number(field, first) and (not dash or _is_number(field, last))


def _is_number(field: _Field, text: str) -> bool:
    return text.upper() in field.names or (text.isdecimal() and text.isascii() and field.low <= int(text) <= field.high)
