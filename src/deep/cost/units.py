"""What is counted: the one currency between meters, whether of a plan or of a run, and prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Units:
    """A quantity of what a service charges for: `Units("lambda", "requests", 1)`.

    Quantities are whole numbers of the book's smallest unit: requests, bytes, MB x ms of a function, half read units, byte-months, hours.
    """

    service: str
    dimension: str
    quantity: int

    @property
    def key(self) -> str:
        """`lambda.requests`, as the book of prices calls it."""
        return f"{self.service}.{self.dimension}"

    def times(self, count: int) -> Units:
        return Units(self.service, self.dimension, self.quantity * count)


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """Who causes a cost: an action of a microapplication, or (without an action) the microapplication itself: its pages, its tables."""

    microapp: str
    action: str = ""

    def __str__(self) -> str:
        return self.action or self.microapp


Usage = Mapping[Owner, tuple[Units, ...]]
"""What each owner used: owners and units sorted, each dimension once, nothing that is zero."""


class Tally:
    """Adds up units by owner."""

    __slots__ = ("_counted",)

    def __init__(self) -> None:
        self._counted: Counter[tuple[Owner, str, str]] = Counter()

    def add(self, owner: Owner, units: Iterable[Units], count: int = 1) -> None:
        """Counts `units`, `count` times over."""
        for one in units:
            self._counted[owner, one.service, one.dimension] += one.quantity * count

    def usage(self) -> Usage:
        owned: dict[Owner, list[Units]] = {}
        for (owner, service, dimension), quantity in sorted(self._counted.items()):
            if quantity:
                owned.setdefault(owner, []).append(Units(service, dimension, quantity))
        return {owner: tuple(units) for owner, units in owned.items()}


def totals(usage: Usage) -> dict[str, int]:
    """Quantities by dimension (`lambda.requests`), of all owners together."""
    counted: Counter[str] = Counter()
    for units in usage.values():
        for one in units:
            counted[one.key] += one.quantity
    return dict(sorted(counted.items()))
