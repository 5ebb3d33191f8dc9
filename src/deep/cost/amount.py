"""Money that may be unknown in part: such a sum says "at least"."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal

from deep.frozen import dataclass

EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
"""What amounts are computed in: GB are bytes / 2^30, whose decimals end, but late."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Amount:
    """US dollars: exactly `known`, or, where a price in it is unknown, at least that much. Adding amounts keeps what is unknown unknown."""

    known: Decimal = Decimal(0)
    is_exact: bool = True

    def __add__(self, other: Amount) -> Amount:
        return Amount(EXACT.add(self.known, other.known), self.is_exact and other.is_exact)

    def __sub__(self, other: Amount) -> Amount:
        """What is more in this one. Where either is unknown in part, so is the difference, and it may be less as well as more."""
        return Amount(EXACT.subtract(self.known, other.known), self.is_exact and other.is_exact)

    def __str__(self) -> str:
        """`$12.40`, `$0.00` for nothing, `< $0.01` for next to nothing; `at least $3.10` and `unknown` where a price is not known."""
        if not self.is_exact:
            return f"at least {_dollars(self.known)}" if self.known else "unknown"
        return _dollars(self.known)

    def as_json(self) -> dict[str, str | bool]:
        """Dollars as text, since JSON's numbers are floating; `exact` is false when it is at least that much."""
        return {"usd": f"{self.known.normalize(EXACT):f}", "exact": self.is_exact}


UNKNOWN = Amount(is_exact=False)
"""What costs something that nobody knows."""
NOTHING = Amount()


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum, exactly; at least that much when any of it is unknown."""
    return sum(amounts, NOTHING)


def change(amount: Amount) -> str:
    """A difference in words: `+$1.20`, `-$0.40`, `nothing`, `unknown`."""
    if not amount.is_exact:
        return f"unknown, {change(Amount(amount.known))} of it known" if amount.known else "unknown"
    if not amount.known:
        return "nothing"
    return f"{'+' if amount.known > 0 else '-'}{_dollars(abs(amount.known))}"


def _dollars(known: Decimal) -> str:
    if known and abs(known) < _CENT:
        return "< $0.01"
    return f"${known.quantize(_CENT, ROUND_HALF_EVEN, EXACT):,f}" if known >= 0 else f"-${-known.quantize(_CENT, ROUND_HALF_EVEN, EXACT):,f}"


def precise(price: Decimal) -> str:
    """A unit price in full: `$0.0000133334`."""
    return f"${price.normalize(EXACT):f}"


def whole(quantity: Decimal) -> int:
    """Rounded up to a whole number, as bills count what was begun."""
    return int(quantity.to_integral_value(ROUND_CEILING))
