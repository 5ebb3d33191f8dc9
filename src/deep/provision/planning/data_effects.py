"""What a change does to what holds people's data, in words: what is kept and no longer read, what would be made anew, which indexes come and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deep.frozen import dataclass
from deep.provision.changes import Change, Templates
from deep.provision.resources.tables import ARRIVING, KEPT_DAYS, TABLE, mark_of, other_table_id


@dataclass(frozen=True, slots=True)
class DataEffect:
    """What becomes of something that holds people's data.

    `name` is what is typed to allow it; `loses`: rows or users would be gone from the app; `impossible`: nobody can allow it, because CloudFormation
    replaces nothing that keeps a name of its own (its guide, "Name type"); `deletes`: it is gone from the account too.
    """

    name: str
    message: str
    loses: bool
    impossible: bool = False
    deletes: bool = False


def data_effects(found: Iterable[Change], before: Templates, after: Templates) -> Iterator[DataEffect]:
    """In the order of the changes. Everything that is new holds no data yet."""
    for change in found:
        if change.holds_data and change.doing != "create":
            old = before[change.stack]["Resources"][change.logical_id]
            name = _name(old, change.logical_id)
            if change.doing == "update":
                yield from _of_indexes(change, name, old, after[change.stack]["Resources"][change.logical_id])
            elif change.doing == "delete" and (target := _goes_to(change, after)):
                yield DataEffect(name, _move(name, old, target), loses=False)
            else:
                yield DataEffect(name, _loss(change, name), loses=True, impossible=_keeps_its_name(change))


def _goes_to(change: Change, after: Templates) -> str:
    """The name of the table that the model has instead; nothing where there is none."""
    other = after[change.stack]["Resources"].get(other_table_id(change.logical_id)) if change.type == TABLE else None
    return str(other["Properties"]["TableName"]) if other else ""


def _move(source: str, old: Mapping[str, Any], target: str) -> str:
    if mark_of(old["Properties"]).startswith(ARRIVING):
        return f"{source}, which rows were being copied to, is let go: every row is in {target}"
    kept = f"{source} itself is kept for {KEPT_DAYS} days at least"
    return f"{source} gets other keys: its rows are moved to {target}. Meanwhile they can be read, and whoever writes is refused; {kept}"


def _loss(change: Change, name: str) -> str:
    if _keeps_its_name(change):
        return f"{name} would need other keys under the same name, which cannot be"
    if change.doing == "delete":
        return f"{name} is no longer part of the app: it is kept in the account, and the app no longer reads it"
    return f"{name} would be made anew, because {', '.join(change.properties)} cannot be changed in place: the app would begin with an empty one"


def _keeps_its_name(change: Change) -> bool:
    return change.doing == "replace" and change.type == TABLE and "TableName" not in change.properties


def _of_indexes(change: Change, table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[DataEffect]:
    if change.type != TABLE:
        return
    from deep.provision.states.index_rounds import index_steps

    steps = index_steps(old["Properties"], new["Properties"])
    added, dropped = ([step.index for step in steps if step.doing == doing] for doing in ("add-index", "drop-index"))
    for name in added:
        again = "is made anew, and searches by it fail until it" if name in dropped else "is added, and used once it"
        yield DataEffect(table, f"{table}: {name} {again} is filled, which takes a write for each row", loses=False)
    for name in dropped:
        if name not in added:
            yield DataEffect(table, f"{table}: {name} is dropped; every row stays", loses=False)


def _name(resource: Mapping[str, Any], logical_id: str) -> str:
    properties = resource.get("Properties", {})
    named = (properties.get(key) for key in ("TableName", "UserPoolName", "IdentityPoolName", "ClientName", "BucketName"))
    return next((name for name in named if isinstance(name, str)), logical_id)
