"""Bills that were kept as JSON, to be held against those of a later state of the app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from deep.cost.amount import Amount
from deep.cost.bill import FREE_TIERS, Bill, Line, Terms
from deep.cost.book import Book
from deep.cost.units import Owner
from deep.errors import ProjectError


def bills_kept(name: str, data: bytes, book: Book) -> tuple[Bill, ...]:
    """The bills that `deepify cost --json` wrote, with the amounts they had then; what a dimension is called is taken from `book`.

    `name` is how messages call the file. Raises ProjectError when it is no such file.
    """
    try:
        return tuple(_bill(told, book) for told in json.loads(data)["bills"])
    except (ValueError, KeyError, TypeError, RecursionError, InvalidOperation):
        raise ProjectError.of("not-a-bill", "these are no bills", file=name, help="write them with `deepify cost --json > bills.json`") from None


def _bill(told: Mapping[str, Any], book: Book) -> Bill:
    free = {str(tier): tier for tier in FREE_TIERS}[told["free"]]
    region = str(told["region"])
    date.fromisoformat(told["prices"])
    return Bill(str(told["title"]), Terms(book, region, free), tuple(_line(line, book, region) for line in told["lines"]))


def _line(told: Mapping[str, Any], book: Book, region: str) -> Line:
    return Line(
        Owner(str(told["microapp"]), str(told["action"] or "")),
        str(told["dimension"]),
        _decimal(told["quantity"]),
        _amount(told["gross"]),
        _amount(told["amount"]),
        book.tariff(region, told["dimension"]),
    )


def _amount(told: Mapping[str, Any]) -> Amount:
    return Amount(_decimal(told["usd"]), told["exact"] is True)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("not a number")
    return number
