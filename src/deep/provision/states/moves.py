"""Rows of a deployed model that needs other keys, and the states of the stacks on their way; pure, from what stands and what is wanted.

1. The new table stands beside the old one, marked as one where rows are still arriving, and no role may write to the old one. Rows are copied.
2. The marks change: rows have left the old table, and the new one is whole.
3. The functions go over to the new table: the release itself.
4. The old table leaves its stack, and is kept in the account (`index_rounds`).

What stands tells by its marks how far it came, so that whoever deploys next goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from deep.bundle.table_changes import Key, Shape, shape_of
from deep.errors import Problem, RefusedError
from deep.frozen import dataclass
from deep.provision.changes import Templates, templates_of
from deep.provision.checks.finding import listed, text
from deep.provision.parts import Keeping
from deep.provision.release import Release
from deep.provision.resources.tables import ARRIVING, LEFT, TABLE, mark_of, marked, other_table_id
from deep.provision.rights import documents_of
from deep.provision.stacks import Stacks, compile_stacks
from deep.provision.states.index_rounds import with_shape
from deep.provision.template import Resource, Template

_PAUSE = "RowsAreMoved"
"""The policy, and the statement in it, that keeps a role from writing."""
_WRITING = tuple(
    f"dynamodb:{verb}" for verb in ("BatchWriteItem", "DeleteItem", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate", "PutItem", "UpdateItem")
)


@dataclass(frozen=True, slots=True)
class Move:
    """From one table of a model to another: as the first stands, and as the app wants the second."""

    source: Resource
    target: Resource

    @property
    def names(self) -> tuple[str, str]:
        """Of both tables."""
        return str(self.source.properties["TableName"]), str(self.target.properties["TableName"])

    @property
    def keys(self) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
        """Of both tables."""
        return shape_of(self.source.properties).keys, shape_of(self.target.properties).keys

    @property
    def ttl(self) -> str | None:
        """The field that says when a row of the old table ends, by itself."""
        told = self.source.properties.get("TimeToLiveSpecification", {})
        return told.get("AttributeName") if told.get("Enabled") else None

    @property
    def is_done(self) -> bool:
        """Whether every row has arrived, and nothing was written since."""
        return mark_of(self.source.properties).startswith(LEFT)


def moves(before: Templates, wanted: Iterable[Resource]) -> tuple[Move, ...]:
    """Those that a deploy of these resources of a data stack takes. A table that is half a copy is nothing to move from."""
    standing, resources = _standing(before), {one.logical_id: one for one in wanted}
    pairs = ((other_table_id(name), one) for name, one in resources.items() if one.type == TABLE)
    return tuple(
        Move(Resource.of_json(other, standing[other]), one)
        for other, one in pairs
        if other in standing and other not in resources and not mark_of(standing[other]["Properties"]).startswith(ARRIVING)
    )


def refuse_moves(found: Sequence[Move], what: str) -> None:
    """Raises RefusedError where rows would have to be moved for something that cannot be done with that."""
    if found:
        message = f"the app needs other keys for {', '.join(move.names[0] for move in found)}, and {what}"
        raise RefusedError(
            Problem(
                "rows-to-move", message, help="deepify deploy, of the whole app and without new migrations, moves the rows; after that it is possible"
            )
        )


def turned_back(before: Templates, found: Sequence[Move]) -> tuple[Move, ...]:
    """Moves the other way that only functions have not followed yet: nothing was written since their rows were copied, so they are just given up."""
    if not is_paused(before):
        return ()
    standing = _standing(before)
    left = [one for one in found if mark_of(standing.get(one.target.logical_id, {}).get("Properties", {})).startswith(LEFT)]
    return tuple(Move(Resource.of_json(one.target.logical_id, standing[one.target.logical_id]), one.source) for one in left)


def copying(release: Release, before: Templates, found: Sequence[Move], deploy: str) -> Stacks:
    """The state in which rows are copied by a deploy of this name: both tables of each move, and nobody who may write to the old ones.

    A new table begins without indexes: one that has them refuses a row whose value does not fit.
    """
    standing, pending = _standing(before), [move for move in found if not move.is_done]
    targets = [Resource.of_json(one.target.logical_id, standing[one.target.logical_id]) for one in pending if one.target.logical_id in standing]
    fresh = [with_shape(one.target, Shape(one.keys[1], {})) for one in pending if one.target.logical_id not in standing]
    tables = [*(marked(one, f"{ARRIVING}{deploy}") for one in (*targets, *fresh)), *(marked(one.source, "") for one in pending)]
    return _state(release, before, tables, [release.names.arn_of_table(move.names[0]) for move in found])


def is_copied_by(data: Mapping[str, Any], found: Sequence[Move], deploy: str) -> bool:
    """Whether no other deploy has taken the copying over since `copying` was made, by the template of the data stack."""
    standing = data["Resources"]
    marks = [mark_of(standing.get(one.target.logical_id, {}).get("Properties", {})) for one in found if not one.is_done]
    return all(mark == f"{ARRIVING}{deploy}" for mark in marks)


def copied(release: Release, before: Templates, found: Sequence[Move], day: str) -> Stacks:
    """The same once every row has arrived: from here on the new tables are the truth."""
    standing, pending = _standing(before), [move for move in found if not move.is_done]
    targets = [marked(Resource.of_json(one.target.logical_id, standing[one.target.logical_id]), "") for one in pending]
    return _state(release, before, [*targets, *(marked(one.source, f"{LEFT}{day}") for one in pending)], None)


def given_back(release: Release, before: Templates, found: Sequence[Move]) -> Stacks:
    """The state before a move: the old tables are written to again, and what is in the new ones may be half a copy."""
    standing = _standing(before)
    targets = [Resource.of_json(one.target.logical_id, standing[one.target.logical_id]) for one in found if one.target.logical_id in standing]
    return _state(release, before, [*(marked(one, f"{ARRIVING}no more") for one in targets), *(marked(one.source, "") for one in found)], ())


def unmoved(release: Release, before: Templates, found: Sequence[Move]) -> Templates:
    """What stood before the rows of these moves were on their way."""
    if not found:
        return before
    stacks, targets = given_back(release, before, found), {move.target.logical_id for move in found}
    data = replace(stacks.data.template, resources=tuple(one for one in stacks.data.template.resources if one.logical_id not in targets))
    stood = templates_of(replace(stacks, data=replace(stacks.data, template=data)))
    return {name: one for name, one in stood.items() if name in before}


def is_paused(before: Templates) -> bool:
    """Whether functions of the app as it stands may not write, because rows are moved."""
    return any(_is_pause(one) for template in before.values() for role in _roles(template) for one in _statements(role))


def _state(release: Release, before: Templates, tables: Sequence[Resource], denied: Sequence[str] | None) -> Stacks:
    """What stands, with these tables, and with the pause of its functions changed to these ARNs; None leaves it as it is.

    Where only what people keep stands, the app is the release's.
    """
    stacks = compile_stacks(replace(release, keeping=Keeping(frozenset(), before)) if "app" in before else release)
    stands = replace(stacks, data=replace(stacks.data, template=Template.of_json(before["data"]).having(tables)))
    if denied is None or "app" not in before:
        return stands
    return stands.with_app(stands.app.template, {name: _pausing(template, before[name], denied) for name, template in stands.microapps.items()})


def _pausing(template: Template, told: Mapping[str, Any], tables: Sequence[str]) -> Template:
    """The template of a microapplication whose roles may not write to these tables, whatever else lets them."""
    return replace(template, resources=tuple(_paused(one, told, tables) if one.type == "AWS::IAM::Role" else one for one in template.resources))


def _paused(role: Resource, told: Mapping[str, Any], tables: Sequence[str]) -> Resource:
    written = [table for table in tables if any(_allows_writing(one, table) for one in documents_of(told, role.properties))]
    policies = [left for policy in role.properties.get("Policies", ()) if (left := _without_pause(policy))["PolicyDocument"]["Statement"]]
    if written:
        statement = {"Sid": _PAUSE, "Effect": "Deny", "Action": list(_WRITING), "Resource": written}
        policies.append({"PolicyName": _PAUSE, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}})
    rest = {name: value for name, value in role.properties.items() if name != "Policies"}
    return replace(role, properties={**rest, **({"Policies": policies} if policies else {})})


def _without_pause(policy: Mapping[str, Any]) -> dict[str, Any]:
    document = policy["PolicyDocument"]
    statements = [one for one in document["Statement"] if not _is_pause(one)]
    return {**policy, "PolicyDocument": {**document, "Statement": statements}}


def _allows_writing(document: Mapping[str, Any], table: str) -> bool:
    return any(
        one["Effect"] == "Allow"
        and any(fnmatchcase(verb.lower(), action.lower()) for action in listed(one["Action"]) for verb in _WRITING)
        and any(fnmatchcase(table, text(resource)) for resource in listed(one["Resource"]))
        for one in document["Statement"]
    )


def _is_pause(statement: Mapping[str, Any]) -> bool:
    return statement.get("Sid") == _PAUSE


def _statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (one for policy in role.get("Policies", ()) for one in policy["PolicyDocument"]["Statement"])


def _roles(template: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (one.get("Properties", {}) for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role")


def _standing(before: Templates) -> Mapping[str, Any]:
    return before["data"]["Resources"] if "data" in before else {}
