"""Tables that rows have left: kept in the account, told until somebody deletes them, and never taken for the app's own again by mistake."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from deep.frozen import dataclass
from deep.names import other_table
from deep.provision.account.cloud import Cloud
from deep.provision.changes import Templates
from deep.provision.compiled import Compiled
from deep.provision.planning.data_effects import DataEffect
from deep.provision.release import Release
from deep.provision.resources.tables import KEPT_DAYS, LEFT, MARK, TABLE
from deep.provision.states.moves import moves

_KEPT = timedelta(days=KEPT_DAYS)


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table that rows have left for the other one of its model, on the day `since`. `is_over`: nobody needs to keep it any longer."""

    name: str
    since: date
    is_over: bool

    @property
    def until(self) -> date:
        """The day from which on it is over."""
        return self.since + _KEPT

    @property
    def deletion(self) -> str:
        """The commands that delete it."""
        unlock = f"aws dynamodb update-table --table-name {self.name} --no-deletion-protection-enabled"
        return f"{unlock} && aws dynamodb delete-table --table-name {self.name}"

    def __str__(self) -> str:
        moved = f"{self.name}: its rows were moved to {other_table(self.name)} on {self.since}"
        return f"{moved}; it can go: {self.deletion}" if self.is_over else f"{moved}; keep it until {self.until}"

    def as_json(self) -> dict[str, Any]:
        return {"table": self.name, "since": self.since.isoformat(), "until": self.until.isoformat(), "movedTo": other_table(self.name)}


def kept_tables(cloud: Cloud, release: Release, today: date) -> tuple[KeptTable, ...]:
    """Those of the app, by name."""
    left = {name: date.fromisoformat(mark.removeprefix(LEFT)) for name, mark in _marks(cloud, release).items() if mark.startswith(LEFT)}
    return tuple(KeptTable(name, day, today >= day + _KEPT) for name, day in sorted(left.items()))


def in_the_way(cloud: Cloud, compiled: Compiled, before: Templates) -> tuple[DataEffect, ...]:
    """Tables that a deploy would make, that are there with rows of another time, and that have to be deleted first.

    What a stack of before has left to people is taken up again where it is the app's last word, and it is not where rows have been moved since.
    """
    standing = before["data"]["Resources"] if "data" in before else {}
    made = {one.logical_id: one.properties["TableName"] for one in compiled.stacks.data.template.resources if one.type == TABLE}
    new = [name for logical_id, name in made.items() if logical_id not in standing]
    if not new:
        return ()
    targets = {move.names[1] for move in moves(before, compiled.stacks.data.template.resources)}
    marks = _marks(cloud, compiled.release)
    return tuple(_deletion(name) for name in new if name in marks or (name in targets and cloud.holds_rows(name)))


def _deletion(name: str) -> DataEffect:
    return DataEffect(
        name, f"{name} is in the way and is deleted first, with all its rows: it was kept, and rows have been moved since", loses=True, deletes=True
    )


def _marks(cloud: Cloud, release: Release) -> dict[str, str]:
    return {arn.rpartition("/")[2]: mark for arn, mark in cloud.values(MARK, release.tags).items()}
