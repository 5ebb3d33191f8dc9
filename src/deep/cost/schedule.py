"""How often a schedule runs: EventBridge's cron expressions, counted over a year."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

_YEAR = 2025
"""An ordinary year: 365 days, none of them a leap day."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@cache
def runs_per_month(expression: str) -> int:
    """The runs of a year divided by twelve, rounded up; of an expression that the model has checked. The field of years is not looked at."""
    minute, hour, day, month, weekday, *_ = expression.upper().split()
    per_day = len(_numbers(minute, (0, 59))) * len(_numbers(hour, (0, 23)))
    months = _numbers(month, (1, 12), _MONTHS)
    is_day = _any(weekday, _is_weekday) if day == "?" else _any(day, _is_day_of_month)
    days = sum(one.month in months and is_day(one) for one in (date(_YEAR, 1, 1) + timedelta(number) for number in range(365)))
    return -(-days * per_day // 12)


def _any(field: str, fits: Callable[[str, date], bool]) -> Callable[[date], bool]:
    return lambda day: any(fits(item, day) for item in field.split(","))


def _numbers(field: str, span: tuple[int, int], names: tuple[str, ...] = ()) -> set[int]:
    return {number for item in field.split(",") for number in _range(item, span, names)}


def _range(item: str, span: tuple[int, int], names: tuple[str, ...]) -> range:
    """`*`, `5`, `1-5`, `*/15`, `0/15` or `10-40/5`; a span that ends before it begins goes on over the end of the week or year."""
    low, high = span
    text, slash, step = item.partition("/")
    first, dash, last = text.partition("-")
    begin = low if text == "*" else _number(first, low, names)
    end = _number(last, low, names) if dash else high if text == "*" or slash else begin
    if end < begin:
        end += high - low + 1
    return range(begin, end + 1, int(step) if slash else 1)


def _number(text: str, low: int, names: tuple[str, ...]) -> int:
    return names.index(text) + low if text in names else int(text)


def _is_day_of_month(item: str, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if item == "L":
        return day.day == last
    if item.endswith("W"):
        wanted = last if item == "LW" else min(int(item[:-1]), last)
        return day == _nearest_working_day(day.replace(day=wanted), last)
    return day.day in _numbers(item, (1, 31))


def _nearest_working_day(wanted: date, last: int) -> date:
    """Monday to Friday in the same month."""
    if wanted.weekday() == 5:
        return wanted + timedelta(2 if wanted.day == 1 else -1)
    if wanted.weekday() == 6:
        return wanted + timedelta(-2 if wanted.day == last else 1)
    return wanted


def _is_weekday(item: str, day: date) -> bool:
    """Days count from Sunday, which is 1. `5L` is the last Thursday of a month, `5#2` the second."""
    own = (day.weekday() + 1) % 7 + 1
    if item == "L":
        return own == 7
    if item.endswith("L"):
        return own == _number(item[:-1], 1, _DAYS) and day.day + 7 > monthrange(day.year, day.month)[1]
    if "#" in item:
        name, _, which = item.partition("#")
        return own == _number(name, 1, _DAYS) and (day.day - 1) // 7 + 1 == int(which)
    return own in {(number - 1) % 7 + 1 for number in _numbers(item, (1, 7), _DAYS)}
