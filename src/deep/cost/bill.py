"""A bill: usage at the prices of a book, in lines that add up to it exactly, and what differs between two bills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from deep.cost.amount import EXACT, NOTHING, UNKNOWN, Amount, total
from deep.cost.book import Allowance, Book, Tariff
from deep.cost.units import Owner, Usage, totals
from deep.frozen import dataclass

FreeTier = Literal["none", "always", "first-year"]
"""Which of AWS's free tiers are taken off: none, those that hold always, or these and those of an account's first twelve months."""
FREE_TIERS: tuple[FreeTier, ...] = ("none", "always", "first-year")
_SHARE = Decimal("1E-12")
_KINDS: Mapping[FreeTier, tuple[str, ...]] = {"none": (), "always": ("always",), "first-year": ("always", "first-year")}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a bill is made by: the book, the region in it, and the free tiers that hold."""

    book: Book
    region: str
    free: FreeTier = "always"


@dataclass(frozen=True, slots=True)
class Line:
    """What one owner used of one dimension (`lambda.requests`), `quantity` in the tariff's unit; `gross` before and `amount` after the free tier.

    The price is a month's whole use at its tiers; an owner's part of it is the part of the quantity that is its own.
    """

    owner: Owner
    dimension: str
    quantity: Decimal
    gross: Amount
    amount: Amount
    tariff: Tariff

    @property
    def service(self) -> str:
        return self.dimension.partition(".")[0]

    @property
    def free(self) -> Amount:
        """What the free tier saves."""
        return self.gross - self.amount

    def as_json(self) -> dict[str, Any]:
        return {
            "microapp": self.owner.microapp,
            "action": self.owner.action or None,
            "dimension": self.dimension,
            "quantity": f"{self.quantity.normalize(EXACT):f}",
            "unit": self.tariff.unit,
            "gross": self.gross.as_json(),
            "amount": self.amount.as_json(),
            "checked": self.tariff.is_checked,
        }


@dataclass(frozen=True, slots=True)
class Bill:
    """What a month costs. `title` says of what: the name of a load, or a run."""

    title: str
    terms: Terms
    lines: tuple[Line, ...]

    @property
    def total(self) -> Amount:
        return total(line.amount for line in self.lines)

    def by_service(self) -> dict[str, Amount]:
        """Amounts by service (`lambda`), the dearest first."""
        return self._by(lambda line: line.service)

    def by_microapp(self) -> dict[str, Amount]:
        return self._by(lambda line: line.owner.microapp)

    def by_action(self) -> dict[str, Amount]:
        """Amounts by action; what a microapplication costs beside its actions stands under its own identifier."""
        return self._by(lambda line: str(line.owner))

    def by_dimension(self) -> dict[str, Amount]:
        return self._by(lambda line: line.dimension)

    @property
    def unknown(self) -> tuple[Tariff, ...]:
        """What the bill holds that has no known price."""
        return _tariffs(line for line in self.lines if not line.amount.is_exact)

    @property
    def unchecked(self) -> tuple[Tariff, ...]:
        """What it holds at prices that were not looked up."""
        return _tariffs(line for line in self.lines if line.amount.known and not line.tariff.is_checked)

    def as_json(self) -> dict[str, Any]:
        parts = (("services", self.by_service()), ("microapps", self.by_microapp()), ("actions", self.by_action()))
        return {
            "title": self.title,
            "region": self.terms.region,
            "prices": self.terms.book.date.isoformat(),
            "free": self.terms.free,
            "total": self.total.as_json(),
            **{part: {name: amount.as_json() for name, amount in amounts.items()} for part, amounts in parts},
            "lines": [line.as_json() for line in self.lines],
        }

    def _by(self, key: Callable[[Line], str]) -> dict[str, Amount]:
        found: dict[str, Amount] = {}
        for line in self.lines:
            found[key(line)] = found.get(key(line), NOTHING) + line.amount
        return dict(sorted(found.items(), key=lambda one: (-one[1].known, one[0])))


def bill_of(title: str, usage: Usage, terms: Terms) -> Bill:
    """The bill of a month's usage."""
    used = totals(usage)
    tariffs = {dimension: terms.book.tariff(terms.region, dimension) for dimension in used}
    free = _free_units(terms, {dimension: tariffs[dimension].in_units(quantity) for dimension, quantity in used.items()})
    lines = [line for dimension in used for line in _lines(usage, dimension, tariffs[dimension], free.get(dimension, Decimal(0)))]
    return Bill(title, terms, tuple(sorted(lines, key=lambda line: (line.owner, line.dimension))))


def _free_units(terms: Terms, used: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """How many units of each dimension cost nothing."""
    found: dict[str, Decimal] = {}
    for allowance in (one for one in terms.book.free if one.kind in _KINDS[terms.free]):
        found |= _spent(allowance, used)
    return found


def _spent(allowance: Allowance, used: Mapping[str, Decimal]) -> dict[str, Decimal]:
    found, left = {}, allowance.amount
    for dimension in allowance.dimensions:
        found[dimension] = min(left, used.get(dimension, Decimal(0)))
        left = EXACT.subtract(left, found[dimension])
    return found


def _lines(usage: Usage, dimension: str, tariff: Tariff, free: Decimal) -> Iterable[Line]:
    """The lines of one dimension: what all owners use of it is priced at once, as AWS does, then divided among them without a rest."""
    owned = [(owner, one.quantity) for owner, units in usage.items() for one in units if one.key == dimension]
    everything = sum(quantity for _, quantity in owned)
    used = tariff.in_units(everything)
    gross = tariff.price_of(used)
    amount = UNKNOWN if free < used and not gross.is_exact else NOTHING
    amount += Amount(EXACT.subtract(gross.known, tariff.price_of(free).known))
    counted = 0
    for owner, quantity in owned:
        span = (counted, counted + quantity, everything)
        yield Line(owner, dimension, tariff.in_units(quantity), _part(gross, span), _part(amount, span), tariff)
        counted += quantity


def _part(amount: Amount, span: tuple[int, int, int]) -> Amount:
    """The part of an amount that belongs to the units from the first to the second of so many; parts that follow each other add up exactly."""
    begin, end, everything = span
    return Amount(EXACT.subtract(_up_to(amount.known, end, everything), _up_to(amount.known, begin, everything)), amount.is_exact)


def _up_to(known: Decimal, end: int, everything: int) -> Decimal:
    if end == everything:
        return known
    return EXACT.divide(EXACT.multiply(known, Decimal(end)), Decimal(everything)).quantize(_SHARE, context=EXACT)


def _tariffs(lines: Iterable[Line]) -> tuple[Tariff, ...]:
    return tuple({line.dimension: line.tariff for line in lines}.values())
