"""A data stack whose tables' indexes change, as a row of stacks that CloudFormation takes one after the other.

An update of a stack may add or drop one index of a table, and should change nothing else then: when it fails, the index is left to be deleted by
hand. Source: AWS CloudFormation Template Reference, `AWS::DynamoDB::Table`, `GlobalSecondaryIndexes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deep.bundle.table_changes import Shape, TableStep, shape_of, table_steps
from deep.frozen import dataclass
from deep.provision.resources.tables import LEFT, TABLE, mark_of, other_table_id
from deep.provision.stacks import Stack
from deep.provision.template import Resource

_SHAPE = ("AttributeDefinitions", "GlobalSecondaryIndexes", "KeySchema")


@dataclass(frozen=True, slots=True)
class Rounds:
    """`first` come before the functions that search by the new indexes, `last` after those that searched by the old ones are gone."""

    first: tuple[Stack, ...]
    last: tuple[Stack, ...]

    @property
    def all(self) -> tuple[Stack, ...]:
        return (*self.first, *self.last)


def index_rounds(standing: Mapping[str, Any] | None, wanted: Stack) -> Rounds:
    """The stacks on the way from the template that stands (None: there is none) to `wanted`, which is the last of them.

    Everything but indexes changes with the first. Tables change side by side, each by one index a stack. Tables that rows have left for others stay
    until the functions have gone over to those.
    """
    former = standing["Resources"] if standing else {}
    paths, left = _paths(former, wanted), tuple(_left(former, wanted))
    meanwhile = replace(wanted, template=wanted.template.having(left))
    first = max((len(path.first) for path in paths.values()), default=0)
    last = max((len(path.last) for path in paths.values()), default=0)
    stacks = [_stack(meanwhile, {name: path.at(number, 0) for name, path in paths.items()}) for number in range(first + 1)]
    after = [_stack(meanwhile, {name: path.at(first, number) for name, path in paths.items()}) for number in range(1, last + 1)]
    return Rounds(tuple(stacks), (*after[:-1], wanted) if left else tuple(after))


def index_steps(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[TableStep, ...]:
    """The steps between two states of a table's properties; none where its keys differ, which no step of a stack changes."""
    before, after = shape_of(old), shape_of(new)
    return tuple(table_steps(before, after)) if before.keys == after.keys else ()


def indexed_tables(stack: Stack) -> tuple[str, ...]:
    """Names of a data stack's tables that have indexes."""
    tables = (one.properties for one in stack.template.resources if one.type == TABLE)
    return tuple(str(one["TableName"]) for one in tables if "GlobalSecondaryIndexes" in one)


@dataclass(frozen=True, slots=True)
class _Path:
    """A table's way: the shape that stands, those until the last index is added, and those by which others go."""

    standing: Shape
    first: tuple[Shape, ...]
    last: tuple[Shape, ...]

    def at(self, first: int, last: int) -> Shape:
        """The shape after so many rounds of each kind; a table that has fewer waits at its last."""
        gone = (*self.first[:first], *self.last[:last])
        return gone[-1] if gone else self.standing


def _left(standing: Mapping[str, Any], wanted: Stack) -> Iterator[Resource]:
    names = {one.logical_id for one in wanted.template.resources}
    for name, told in standing.items():
        if told["Type"] == TABLE and name not in names and other_table_id(name) in names and mark_of(told["Properties"]).startswith(LEFT):
            yield Resource.of_json(name, told)


def _paths(standing: Mapping[str, Any], wanted: Stack) -> dict[str, _Path]:
    paths = {}
    for resource in wanted.template.resources:
        old = standing.get(resource.logical_id)
        if resource.type == TABLE and old and (steps := index_steps(old["Properties"], resource.properties)):
            paths[resource.logical_id] = _path(shape_of(old["Properties"]), steps)
    return paths


def _path(standing: Shape, steps: tuple[TableStep, ...]) -> _Path:
    added = max((number for number, step in enumerate(steps, start=1) if step.doing == "add-index"), default=0)
    shapes = tuple(step.shape for step in steps)
    return _Path(standing, shapes[:added], shapes[added:])


def _stack(wanted: Stack, shapes: Mapping[str, Shape]) -> Stack:
    resources = tuple(with_shape(one, shapes[one.logical_id]) if one.logical_id in shapes else one for one in wanted.template.resources)
    return replace(wanted, template=replace(wanted.template, resources=resources))


def with_shape(resource: Resource, shape: Shape) -> Resource:
    """The table with these keys and indexes."""
    rest = {name: value for name, value in resource.properties.items() if name not in _SHAPE}
    return replace(resource, properties={**rest, **shape.members()})
