"""The book of prices is whole: each dimension has a price, or says that it has none, in each region."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import deep.cost
from deep.cost.amount import NOTHING, UNKNOWN, Amount
from deep.cost.book import Tariff, Tier, book_of, published_book

FILE = Path(deep.cost.__file__).with_name("prices") / "aws.json"
TOLD: dict[str, Any] = json.loads(FILE.read_text(), parse_float=lambda text: pytest.fail(f"{text} is floating"))
DIMENSIONS = [(f"{service}.{name}", one) for service, about in TOLD["services"].items() for name, one in about["dimensions"].items()]
MAY_BE_UNKNOWN = {"dynamodb.pitr", "dynamodb.stream-reads", "elasticache.storage", "elasticache.units", "logs.ingested", "schedules.invocations"}
"""What the book does not know in Europe; in the United States it knows everything."""


def test_the_book_has_a_date_and_a_source_for_each_service() -> None:
    book = published_book()
    assert date(2024, 11, 1) < book.date
    assert all(source.startswith("https://aws.amazon.com/") for source in book.sources.values())
    assert book.regions == ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")


@pytest.mark.parametrize(("key", "told"), DIMENSIONS, ids=[key for key, _ in DIMENSIONS])
def test_each_dimension_is_told_of_each_region_once(key: str, told: dict[str, Any]) -> None:
    named = [region for regions in told["prices"] for region in regions.split()]
    assert sorted(named) == sorted(TOLD["regions"])
    assert set(told.get("uncertain", ())) <= set(named)
    assert told["scale"] >= 1


@pytest.mark.parametrize("region", TOLD["regions"])
def test_tiers_rise_and_prices_fall(region: str) -> None:
    for tariff in published_book().tariffs[region].values():
        ends = [tier.up_to for tier in tariff.tiers]
        assert ends[-1] is None
        assert ends[:-1] == sorted(end for end in ends if end is not None)
        prices = [tier.price for tier in tariff.tiers if tier.price is not None]
        assert prices == sorted(prices, reverse=True)


def test_what_is_unknown_is_listed_here_too() -> None:
    unknown = {
        (region, key)
        for region, tariffs in published_book().tariffs.items()
        for key, tariff in tariffs.items()
        if any(tier.price is None for tier in tariff.tiers)
    }
    assert unknown == {(region, key) for region in ("eu-west-1", "eu-central-1") for key in MAY_BE_UNKNOWN}


def test_free_tiers_name_dimensions_of_one_unit() -> None:
    book = published_book()
    for allowance in book.free:
        units = {book.tariff("us-east-1", key).unit.removesuffix("-month") for key in allowance.dimensions}
        assert len(units) == 1, allowance.what
        assert all(key in book.tariffs["us-east-1"] for key in allowance.dimensions)


def test_each_tier_has_its_own_price() -> None:
    tariff = Tariff("x", "y", "unit", 1, (Tier(Decimal(10), Decimal(3)), Tier(Decimal(20), Decimal(2)), Tier(None, None)))
    assert tariff.price_of(Decimal(0)) == NOTHING
    assert tariff.price_of(Decimal(10)) == Amount(Decimal(30))
    assert tariff.price_of(Decimal(15)) == Amount(Decimal(40))
    assert tariff.price_of(Decimal(25)) == Amount(Decimal(50), is_exact=False)


def test_a_region_or_dimension_that_is_not_in_the_book_is_unknown() -> None:
    book = published_book()
    assert book.tariff("ap-south-1", "lambda.requests").price_of(Decimal(1)) == UNKNOWN
    assert book.tariff("ap-south-1", "lambda.requests").unit == "million requests"
    assert book.tariff("us-east-1", "other.ses").price_of(Decimal(1)) == UNKNOWN


def test_a_book_is_read_from_its_own_json() -> None:
    assert book_of(TOLD) == published_book()
