"""Bills in words: lines of plain text, side by side or one by one. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from deep.cost.amount import NOTHING, Amount, change, precise
from deep.cost.bill import Bill, Terms
from deep.cost.book import Tariff
from deep.cost.load import Load

if TYPE_CHECKING:
    from deep.cost.diff import Difference

_OLD_DAYS = 180
"""Prices older than this are to be looked up before they are relied on."""
_FREE = {
    "none": "no free tier is taken off",
    "always": "AWS's free tiers that hold always are taken off; they are one account's, shared by all that is in it",
    "first-year": "AWS's free tiers are taken off, those of an account's first twelve months too (accounts opened before 15 July 2025)",
}
_NOT_COUNTED = "not counted: deploys, taxes, support, and what a deploy sets up beyond the app's own declarations unless it is named"


def side_by_side(bills: Sequence[Bill]) -> list[str]:
    """A table: a column for each bill, a row for each service and each microapplication, and the sum, once for each part."""
    titles = ["USD a month", *(bill.title for bill in bills)]
    names = bills[0].terms.book.names
    services = _rows([{names.get(key, f"{key} services"): amount for key, amount in bill.by_service().items()} for bill in bills])
    microapps = _rows([bill.by_microapp() for bill in bills])
    total = ["total", *(str(bill.total) for bill in bills)]
    widths = [max(len(row[column]) for row in (titles, *services, *microapps, total)) for column in range(len(titles))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    table = [titles, None, *services, None, total, None, *microapps, None, total]
    return [rule if row is None else _row(row, widths) for row in table]


def remarks(bills: Sequence[Bill], today: date) -> list[str]:
    """What one must know to read the bills: what dominates, what is unknown or unchecked, the book's date."""
    terms = bills[0].terms
    told = [sentence for bill in bills if (sentence := dominance(bill))]
    told += [] if terms.region in terms.book.regions else [f"the book has no prices of {terms.region}; it has {', '.join(terms.book.regions)}"]
    told += _list("no price is known of", _distinct(tariff for bill in bills for tariff in bill.unknown), terms)
    told += _list("prices not checked against AWS's page:", _distinct(tariff for bill in bills for tariff in bill.unchecked), terms)
    return [*told, _FREE[terms.free], _NOT_COUNTED, _dated(terms, today)]


def dominance(bill: Bill) -> str | None:
    """`team: most of it is DynamoDB (on demand), 61 %`; None where there is nothing to pay."""
    whole = bill.total.known
    if not whole:
        return None
    dimension, amount = next(iter(bill.by_dimension().items()))
    tariff = next(line.tariff for line in bill.lines if line.dimension == dimension)
    return f"{bill.title}: most of it is {tariff.service}, {tariff.what} ({amount.known * 100 / whole:.0f} %)"


def itemised(bill: Bill) -> list[str]:
    """A bill line by line: what, how much of it, at which price, what the free tier takes off, what is left to pay."""
    rows = [["what", "of", "quantity", "unit price", "free", "to pay"]]
    for line in bill.lines:
        price = line.tariff.tiers[0].price
        told = "unknown" if price is None else f"{precise(price)} a {line.tariff.unit}"
        quantity = f"{line.quantity:,.6f}".rstrip("0").rstrip(".")
        rows.append([str(line.owner), line.dimension, quantity, told, "" if line.free == NOTHING else str(line.free), str(line.amount)])
    rows.append(["total", "", "", "", "", str(bill.total)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def changed(difference: Difference, most: int = 10) -> list[str]:
    """What a change costs, in words: the sum, then the greatest changes."""
    before, after = difference.before.total, difference.after.total
    told = [f"{difference.after.title}: {change(difference.amount)} a month ({before} -> {after})"]
    told += [f"  {change(one.amount)}  {one.owner}  {one.dimension}" for one in difference.changes[:most]]
    more = len(difference.changes) - most
    return [*told, f"  and {more} smaller changes"] if more > 0 else told


def brief(bills: Sequence[Bill], differences: Sequence[Difference]) -> list[str]:
    """`team  $1.35  (+$0.10)`: the total of each bill, and what it differs by where an earlier one is known."""
    changes = {difference.after.title: f"({change(difference.amount)})" for difference in differences}
    rows = [[bill.title, str(bill.total), changes.get(bill.title, "")] for bill in bills]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [_row(row, widths) for row in rows]


def assumed(loads: Iterable[Load]) -> list[str]:
    """Each load's assumptions."""
    return [line for load in loads for line in (f"{load.name}:", *(f"  {sentence}" for sentence in load.assumptions()))]


def _rows(parts: Sequence[dict[str, Amount]]) -> list[list[str]]:
    """A row for each name in any of the parts, the dearest in the last of them first."""
    names = sorted({name for part in parts for name in part}, key=lambda name: (-max(part.get(name, NOTHING).known for part in parts), name))
    return [[name, *(str(part.get(name, NOTHING)) for part in parts)] for name in names]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(cells, widths, strict=True)))
    return "  ".join([first, *others]).rstrip()


def _distinct(tariffs: Iterable[Tariff]) -> list[str]:
    return list(dict.fromkeys(f"{tariff.service}: {tariff.what}" for tariff in tariffs))


def _list(lead: str, told: Sequence[str], terms: Terms) -> list[str]:
    return [f"{lead} {', '.join(told)} ({terms.region})"] if told else []


def _dated(terms: Terms, today: date) -> str:
    days = (today - terms.book.date).days
    age = f", {days // 30} months ago: look prices up before you rely on them" if days > _OLD_DAYS else ""
    return f"prices of {terms.region} as AWS published them by {terms.book.date.isoformat()}{age}"
