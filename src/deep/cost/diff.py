"""What a change costs: the difference of two bills, line by line."""

from __future__ import annotations

from typing import Any

from deep.cost.amount import NOTHING, Amount, total
from deep.cost.bill import Bill
from deep.cost.units import Owner
from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A line that costs more or less than it did; nothing before it was there, or after it was gone."""

    owner: Owner
    dimension: str
    before: Amount
    after: Amount

    @property
    def amount(self) -> Amount:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Difference:
    """Every line that changed, the greatest change first; their sum is that of the totals."""

    before: Bill
    after: Bill
    changes: tuple[Change, ...]

    @property
    def amount(self) -> Amount:
        return total(change.amount for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.after.title,
            "before": self.before.total.as_json(),
            "after": self.after.total.as_json(),
            "change": self.amount.as_json(),
            "changes": [
                {"what": str(one.owner), "dimension": one.dimension, "before": one.before.as_json(), "after": one.after.as_json()}
                for one in self.changes
            ],
        }


def diff(before: Bill, after: Bill) -> Difference:
    """What `after` costs more or less than `before`, of the same load."""
    was = {(line.owner, line.dimension): line.amount for line in before.lines}
    now = {(line.owner, line.dimension): line.amount for line in after.lines}
    keys = sorted(was.keys() | now.keys())
    changes = [Change(*key, was.get(key, NOTHING), now.get(key, NOTHING)) for key in keys if was.get(key, NOTHING) != now.get(key, NOTHING)]
    return Difference(before, after, tuple(sorted(changes, key=lambda one: -abs(one.amount.known))))
