"""Tables that rows have left: kept in the account, told until somebody deletes them, and never taken for the app's own again by mistake."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.names import other_table
from deep.provision.changes import Templates
from deep.provision.cloud import Cloud
from deep.provision.compiled import Compiled
from deep.provision.moves import moves
from deep.provision.release import Release
from deep.provision.resources.tables import KEPT_DAYS, LEFT, MARK, TABLE

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


def in_the_way(cloud: Cloud, compiled: Compiled, before: Templates) -> tuple[str, ...]:
    """Tables that a deploy would make, and that are there with rows of another time; by name.

    What a stack of before has left to people is taken up again where it is the app's last word, and it is not where rows have been moved since.
    """
    standing = before["data"]["Resources"] if "data" in before else {}
    made = {one.logical_id: one.properties["TableName"] for one in compiled.stacks.data.template.resources if one.type == TABLE}
    new = [name for logical_id, name in made.items() if logical_id not in standing]
    if not new:
        return ()
    targets = {move.names[1] for move in moves(before, compiled.stacks.data.template.resources)}
    marks = _marks(cloud, compiled.release)
    return tuple(name for name in new if name in marks or (name in targets and cloud.holds_rows(name)))


def refuse_kept(tables: Collection[str], allowed: Collection[str]) -> None:
    """Raises RefusedError for each that nobody gave leave to delete, by its name."""
    if problems := list(_problems(tables, allowed)):
        raise RefusedError(*problems)


def _problems(tables: Collection[str], allowed: Collection[str]) -> Iterator[Problem]:
    for name in tables:
        if name not in allowed:
            message = f"{name} is kept in the account with rows of another time, and the app would have a table of this name again"
            yield Problem("table-kept", message, help=f"if nobody needs them: --allow-data-loss {name}, which deletes it first")


def _marks(cloud: Cloud, release: Release) -> dict[str, str]:
    return {arn.rpartition("/")[2]: mark for arn, mark in cloud.values(MARK, release.tags).items()}
