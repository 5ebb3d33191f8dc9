"""The book of prices: what AWS publishes, as of a date, with what is not known said to be so.

`prices/aws.json` is the only place where a price stands. Nothing here asks the network: a book is renewed by an edit that people can read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from deep.cost.amount import EXACT, NOTHING, UNKNOWN, Amount
from deep.frozen import dataclass

FreeKind = Literal["always", "first-year"]
_PUBLISHED = Path(__file__).with_name("prices") / "aws.json"


@dataclass(frozen=True, slots=True)
class Tier:
    """A price that holds for all units up to `up_to` of a month (None: for all above); None when it is not known."""

    up_to: Decimal | None
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a dimension costs in one region. `scale` is how many of the meter's units make one `unit`, which prices are for."""

    service: str
    what: str
    unit: str
    scale: int
    tiers: tuple[Tier, ...]
    is_checked: bool = True

    def in_units(self, quantity: int) -> Decimal:
        return EXACT.divide(Decimal(quantity), Decimal(self.scale))

    def price_of(self, quantity: Decimal) -> Amount:
        """What `quantity` units cost a month, each tier at its own price."""
        amount, begin = NOTHING, Decimal(0)
        for tier in self.tiers:
            end = quantity if tier.up_to is None else min(tier.up_to, quantity)
            if end > begin:
                amount += UNKNOWN if tier.price is None else Amount(EXACT.multiply(end - begin, tier.price))
                begin = end
        return amount


@dataclass(frozen=True, slots=True)
class Allowance:
    """A free tier: so much of the dimensions together, used up in their order, costs nothing each month."""

    what: str
    dimensions: tuple[str, ...]
    amount: Decimal
    kind: FreeKind


@dataclass(frozen=True, slots=True)
class Book:
    """All prices of a date. `tariffs` maps region to dimension (`lambda.requests`) to its tariff; `sources` says where a service's are published."""

    date: date
    tariffs: Mapping[str, Mapping[str, Tariff]]
    free: tuple[Allowance, ...]
    names: Mapping[str, str]
    sources: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(self.tariffs)

    def tariff(self, region: str, dimension: str) -> Tariff:
        """What the dimension costs; of a region or a dimension that the book does not have, that its price is unknown."""
        if region in self.tariffs and dimension in self.tariffs[region]:
            return self.tariffs[region][dimension]
        elsewhere = self.tariffs[self.regions[0]].get(dimension)
        if elsewhere is not None:
            return replace(elsewhere, tiers=_UNKNOWN)
        service, _, name = dimension.partition(".")
        return Tariff(service, name, "use", 1, _UNKNOWN)


_UNKNOWN = (Tier(None, None),)


@cache
def published_book() -> Book:
    """The book that comes with DEEP."""
    return book_of(json.loads(_PUBLISHED.read_text(encoding="utf-8")))


def book_of(told: Mapping[str, Any]) -> Book:
    """A book from its JSON. Raises KeyError or ValueError when it is no book: it is DEEP's own file, not its users'."""
    services = told["services"]
    regions = {
        region: {
            f"{service}.{name}": _tariff(about["name"], dimension, region)
            for service, about in services.items()
            for name, dimension in about["dimensions"].items()
        }
        for region in told["regions"]
    }
    free = tuple(Allowance(one["what"], tuple(one["dimensions"]), Decimal(one["amount"]), one["kind"]) for one in told["free"])
    names = {service: about["name"] for service, about in services.items()}
    sources = {service: about["source"] for service, about in services.items()}
    return Book(date.fromisoformat(told["date"]), regions, free, names, sources, tuple(told["notes"]))


def _tariff(service: str, told: Mapping[str, Any], region: str) -> Tariff:
    price = next(price for regions, price in told["prices"].items() if region in regions.split())
    tiers = price if isinstance(price, list) else [{"upTo": None, "price": price}]
    is_checked = region not in told.get("uncertain", ())
    return Tariff(
        service,
        told["what"],
        told["unit"],
        told["scale"],
        tuple(Tier(_decimal(tier["upTo"]), _decimal(tier["price"])) for tier in tiers),
        is_checked,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
