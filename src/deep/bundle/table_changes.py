"""What brings a table that stands to what its model asks for now, step by step, with no row lost. Pure; the local engine and deploys both follow it.

DynamoDB's rules: one index is added or dropped at a time, an index's keys are never changed, and neither are the table's own (Amazon DynamoDB API
Reference, `UpdateTable`). So an index that differs is dropped and added again; rows that need other keys go to another table (`names.other_table`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from deep.frozen import dataclass

Doing = Literal["create", "add-index", "drop-index"]


@dataclass(frozen=True, slots=True)
class Key:
    """A field that a table or an index is keyed by. `role` is HASH or RANGE, `type` S, N or B."""

    field: str
    role: str
    type: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What matters of a table here: its keys, and those of each of its indexes. An index holds all attributes."""

    keys: tuple[Key, ...]
    indexes: Mapping[str, tuple[Key, ...]]

    def members(self) -> dict[str, Any]:
        """The shape as members of DynamoDB's CreateTable; of attributes, those that are keys."""
        types = {key.field: key.type for keys in (self.keys, *self.indexes.values()) for key in keys}
        told: dict[str, Any] = {
            "AttributeDefinitions": [{"AttributeName": field, "AttributeType": kind} for field, kind in types.items()],
            "KeySchema": _schema(self.keys),
        }
        if self.indexes:
            told["GlobalSecondaryIndexes"] = [self.index(name) for name in self.indexes]
        return told

    def index(self, name: str) -> dict[str, Any]:
        """One index, as `members` tells it."""
        return {"IndexName": name, "KeySchema": _schema(self.indexes[name]), "Projection": {"ProjectionType": "ALL"}}


@dataclass(frozen=True, slots=True)
class TableStep:
    """One step. `shape` is the table's after it; `index` names the one that is added or dropped."""

    doing: Doing
    shape: Shape
    index: str = ""


def shape_of(definition: Mapping[str, Any]) -> Shape:
    """The shape of a table told as CreateTable, DescribeTable and CloudFormation tell it."""
    types = {one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]}
    indexes = definition.get("GlobalSecondaryIndexes") or ()
    return Shape(_keys(definition["KeySchema"], types), {one["IndexName"]: _keys(one["KeySchema"], types) for one in indexes})


def table_steps(standing: Shape | None, wanted: Shape) -> Iterator[TableStep]:
    """From `standing` (None: there is no such table) to `wanted`, which has the same keys, in order.

    Indexes come before others go, so that whoever still searches by the old ones can until the last steps. A table that rows are moved to begins
    without indexes: a row whose value does not fit an index is refused by a table that has it, and passed over by an index that is added later.
    """
    if standing is None:
        yield TableStep("create", wanted)
        return
    for doing, name in _index_changes(standing, wanted):
        indexes = {key: keys for key, keys in standing.indexes.items() if key != name}
        if doing == "add-index":
            indexes[name] = wanted.indexes[name]
        standing = replace(standing, indexes=_in_order(indexes, wanted))
        yield TableStep(doing, standing, name)


def _index_changes(standing: Shape, wanted: Shape) -> Iterator[tuple[Doing, str]]:
    """First those go that are in the way: of the same name with other keys, or holding a field to a type that it no longer has."""
    types = {key.field: key.type for keys in wanted.indexes.values() for key in keys}
    kept = [name for name, keys in standing.indexes.items() if wanted.indexes.get(name) == keys]
    gone = [name for name in standing.indexes if name not in kept]
    in_the_way = [
        name for name in gone if name in wanted.indexes or any(types.get(key.field, key.type) != key.type for key in standing.indexes[name])
    ]
    yield from (("drop-index", name) for name in in_the_way)
    yield from (("add-index", name) for name in wanted.indexes if name not in kept)
    yield from (("drop-index", name) for name in gone if name not in in_the_way)


def _in_order(indexes: Mapping[str, tuple[Key, ...]], wanted: Shape) -> dict[str, tuple[Key, ...]]:
    """As the model orders them, so that the last step's shape is told as the model's own."""
    names = [name for name in (*wanted.indexes, *indexes) if name in indexes]
    return {name: indexes[name] for name in dict.fromkeys(names)}


def _keys(schema: list[Mapping[str, str]], types: Mapping[str, str]) -> tuple[Key, ...]:
    return tuple(Key(one["AttributeName"], one["KeyType"], types[one["AttributeName"]]) for one in schema)


def _schema(keys: tuple[Key, ...]) -> list[dict[str, str]]:
    return [{"AttributeName": key.field, "KeyType": key.role} for key in keys]
