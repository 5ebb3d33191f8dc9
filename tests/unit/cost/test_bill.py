"""Bills add up, exactly, whatever they hold; and two of them can be held against each other."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from deep.cost.amount import EXACT, NOTHING, UNKNOWN, Amount, change, total
from deep.cost.bill import FREE_TIERS, Bill, FreeTier, Terms, bill_of
from deep.cost.book import published_book
from deep.cost.diff import diff
from deep.cost.units import Owner, Units, Usage

BOOK = published_book()
DIMENSIONS = [tuple(key.split(".")) for key in BOOK.tariffs["us-east-1"]]
A, B = Owner("deep.a", "deep.a:x:y"), Owner("deep.b")


def bill(usage: Usage, region: str = "us-east-1", free: FreeTier = "always") -> Bill:
    return bill_of("test", usage, Terms(BOOK, region, free))


quantities = st.integers(1, 10**15)
units = st.lists(st.tuples(st.sampled_from(DIMENSIONS), quantities), min_size=1, max_size=6, unique_by=lambda one: one[0])
usages = st.dictionaries(
    st.builds(Owner, st.sampled_from(["deep.a", "deep.b", "deep.c"]), st.sampled_from(["", "x:y", "x:z"])),
    units.map(lambda found: tuple(Units(dimension[0], dimension[1], quantity) for dimension, quantity in found)),
    max_size=6,
)


@settings(deadline=None)
@given(usages, st.sampled_from(BOOK.regions), st.sampled_from(FREE_TIERS))
def test_the_sum_of_the_parts_is_the_whole(usage: Usage, region: str, free: FreeTier) -> None:
    found = bill(usage, region, free)
    for parts in (found.by_service(), found.by_microapp(), found.by_action(), found.by_dimension()):
        assert total(parts.values()) == found.total
    at_once = bill({B: tuple(_merged(usage))}, region, free)
    assert found.by_dimension() == at_once.by_dimension(), "dividing a bill changes nothing of it"


@settings(deadline=None)
@given(usages, st.sampled_from(BOOK.regions))
def test_a_free_tier_never_makes_anything_dearer(usage: Usage, region: str) -> None:
    none, always, first = (bill(usage, region, free) for free in FREE_TIERS)
    assert none.total.known >= always.total.known >= first.total.known >= 0
    assert all(line.amount.known >= 0 for line in first.lines)
    assert all(line.free.known >= 0 for line in first.lines)


@settings(deadline=None)
@given(usages, usages)
def test_a_difference_is_the_sum_of_its_changes(before: Usage, after: Usage) -> None:
    was, now = bill(before, "eu-west-1"), bill(after, "eu-west-1")
    found = diff(was, now)
    assert EXACT.add(was.total.known, found.amount.known) == now.total.known
    assert diff(was, was).changes == ()


def test_owners_share_a_price_by_what_they_use() -> None:
    found = bill({A: (Units("httpapi", "requests", 1),), B: (Units("httpapi", "requests", 2),)}, free="none")
    assert found.total == Amount(Decimal("0.000003"))
    assert found.by_microapp() == {"deep.b": Amount(Decimal("0.000002")), "deep.a": Amount(Decimal("0.000001"))}


def test_the_unknown_makes_a_sum_at_least() -> None:
    found = bill({A: (Units("httpapi", "requests", 10**6), Units("other", "ses", 5))}, "us-east-1")
    assert found.total == Amount(Decimal(1), is_exact=False)
    assert str(found.total) == "at least $1.00"
    assert [tariff.service for tariff in found.unknown] == ["other"]


def test_what_is_free_of_charge_is_known_though_its_price_is_not() -> None:
    few, many = (bill({A: (Units("schedules", "invocations", count),)}, "eu-west-1") for count in (14 * 10**6, 14 * 10**6 + 1))
    assert (few.total, many.total) == (NOTHING, UNKNOWN)


def test_prices_that_were_not_looked_up_are_told() -> None:
    usage: Usage = {A: (Units("httpapi", "requests", 10**6),)}
    assert [tariff.service for tariff in bill(usage, "eu-west-1").unchecked] == ["API Gateway (HTTP API)"]
    assert bill(usage).unchecked == ()


def test_amounts_in_words() -> None:
    amounts = [NOTHING, UNKNOWN, Amount(Decimal("0.001")), Amount(Decimal("1234.5")), Amount(Decimal(2), is_exact=False), Amount(Decimal("-1.5"))]
    assert [str(amount) for amount in amounts] == ["$0.00", "unknown", "< $0.01", "$1,234.50", "at least $2.00", "-$1.50"]
    assert [change(amount) for amount in amounts] == ["nothing", "unknown", "+< $0.01", "+$1,234.50", "unknown, +$2.00 of it known", "-$1.50"]


def test_a_bill_is_data_without_floating_numbers() -> None:
    document = json.dumps(bill({A: (Units("lambda", "requests", 3 * 10**6),)}).as_json())
    told = json.loads(document, parse_float=lambda text: f"floating {text}")
    assert told["total"] == {"usd": "0.4", "exact": True}
    assert told["lines"][0]["quantity"] == "3"
    assert "floating" not in json.dumps(told)


def _merged(usage: Usage) -> list[Units]:
    found: dict[tuple[str, str], int] = {}
    for one in (one for owned in usage.values() for one in owned):
        found[one.service, one.dimension] = found.get((one.service, one.dimension), 0) + one.quantity
    return [Units(*key, quantity) for key, quantity in found.items()]
