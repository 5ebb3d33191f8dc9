"""The price of an app: what a plan, a cart or a person asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from deep.cost.bill import Bill, FreeTier, Terms, bill_of
from deep.cost.book import Book, published_book
from deep.cost.forecast import forecast
from deep.cost.load import SIDE_BY_SIDE, Load
from deep.cost.meter import usage_of
from deep.cost.standing import Standing, with_standing
from deep.cost.units import Owner, Units, Usage
from deep.frozen import dataclass
from deep.model import App


@dataclass(frozen=True, slots=True)
class Pricing:
    """How a price is reckoned: which free tiers hold, what a deploy sets up besides, and from which book."""

    free: FreeTier = "always"
    standing: Standing = field(default_factory=Standing)
    book: Book = field(default_factory=published_book)


def price_plan(app: App, region: str, loads: Sequence[Load] = SIDE_BY_SIDE, pricing: Pricing | None = None) -> tuple[Bill, ...]:
    """What the app costs a month in `region`, a bill for each load. Of a region that the book does not have, every price is unknown."""
    pricing = pricing or Pricing()
    terms = Terms(pricing.book, region, pricing.free)
    return tuple(bill_of(load.name, plan_usage(app, load, pricing.standing), terms) for load in loads)


def plan_usage(app: App, load: Load, standing: Standing) -> Usage:
    """What a month of the load uses, and what stands there meanwhile. Raises DeepError `unknown-action` for a weight of no action."""
    for identifier in load.weights:
        app.action(identifier)
    happened = usage_of(forecast(app, load))
    return with_standing(app, load, standing, {**happened, **_own_calls(app, happened)})


def price_run(title: str, usage: Usage, region: str, pricing: Pricing | None = None) -> Bill:
    """What a run that was metered would have cost."""
    pricing = pricing or Pricing()
    return bill_of(title, usage, Terms(pricing.book, region, pricing.free))


def _own_calls(app: App, happened: Usage) -> dict[Owner, tuple[Units, ...]]:
    """What actions' own SDK calls cost is not known to any book of DEEP's; it is counted, once a run, so that a price says "at least"."""
    found: dict[Owner, tuple[Units, ...]] = {}
    for owner, units in happened.items():
        uses = app.uses.get(owner.action)
        runs = sum(one.quantity for one in units if one.key == "lambda.requests")
        services = {text.partition(":")[0] for use in uses.aws for text in use.actions} if uses else set()
        if runs and services:
            found[owner] = (*units, *(Units("other", service, runs) for service in sorted(services)))
    return found
