"""What a role may, attached to it: inline where IAM has room for that, else in managed policies of the role's own.

Source: IAM User Guide, "IAM and AWS STS quotas". Sizes are in characters without white space.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deep.frozen import dataclass
from deep.provision.resources.apis import ANY_API
from deep.provision.template import Resource, plain, ref, sub
from deep.security.iam import Document, Statement

INLINE_CHARACTERS = 10_240
"""All inline policies of a role together."""
MANAGED_CHARACTERS = 6_144
MOST_MANAGED = 10
"""Managed policies of a role, unless AWS was asked for more."""
_API_ID_CHARACTERS = 10
"""What CloudFormation puts in place of `${Api}` or `${Api2}`."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Properties of a role, and the resources that they refer to."""

    properties: dict[str, Any]
    resources: tuple[Resource, ...] = ()


def fits(document: Document) -> bool:
    """Whether a role has room for the document at all."""
    return characters(document) <= INLINE_CHARACTERS or len(list(_parts(document))) <= MOST_MANAGED


def attached(role_id: str, role_name: str, document: Document) -> Attached:
    """The document as a role gets it. Nothing for one without statements: that would be no valid policy."""
    if not document.statements:
        return Attached({})
    if characters(document) <= INLINE_CHARACTERS:
        return Attached({"Policies": [{"PolicyName": "uses", "PolicyDocument": _substituted(document)}]})
    made = tuple(
        Resource(
            f"{role_id}Policy{number}",
            "AWS::IAM::ManagedPolicy",
            {
                "ManagedPolicyName": f"{role_name}-{number}",
                "PolicyDocument": _substituted(part),
                "Description": f"Part {number} of what {role_name} may",
            },
        )
        for number, part in enumerate(_parts(document), 1)
    )
    return Attached({"ManagedPolicyArns": [ref(policy.logical_id) for policy in made]}, made)


def keeping_rights(role: Resource, former: Mapping[str, Any]) -> Resource:
    """A role that may also what one with the properties `former` might, and may not what it might not.

    Where IAM has no room for both, it may what it is to; what is denied is kept in any case.
    """
    now, before = _inline(role.properties), _inline(former)
    more = [one for one in before if one not in now]
    if not _have_room([*now, *more]):
        more = [one for one in more if one["Effect"] == "Deny"]
    arns = list(role.properties.get("ManagedPolicyArns", ()))
    added = [arn for arn in former.get("ManagedPolicyArns", ()) if arn not in arns]
    properties = dict(role.properties)
    if more:
        properties["Policies"] = [{"PolicyName": "uses", "PolicyDocument": _document([*now, *more])}]
    if added and len(arns) + len(added) <= MOST_MANAGED:
        properties["ManagedPolicyArns"] = [*arns, *added]
    return replace(role, properties=properties)


def _have_room(statements: Sequence[Any]) -> bool:
    return len(_compact(_document(statements))) <= INLINE_CHARACTERS


def _document(statements: Sequence[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _inline(properties: Mapping[str, Any]) -> list[Any]:
    """The statements of a role's inline policy."""
    return [statement for policy in plain(properties.get("Policies", ())) for statement in policy["PolicyDocument"]["Statement"]]


def characters(document: Document) -> int:
    """How long IAM takes the document to be."""
    return len(_compact(document.as_json()))


def _compact(value: Any) -> str:
    return ANY_API.sub("a" * _API_ID_CHARACTERS, json.dumps(value, separators=(",", ":")))


def _parts(document: Document) -> Iterator[Document]:
    """Documents that allow the same together, each of a size that a managed policy may have."""
    room = MANAGED_CHARACTERS - characters(Document())
    taken: list[Statement] = []
    for one in document.statements:
        for piece in _pieces(one, room):
            if taken and len(_compact([part.as_json() for part in (*taken, piece)])) > room:
                yield Document(tuple(taken))
                taken = []
            taken.append(piece)
    yield Document(tuple(taken))


def _pieces(one: Statement, room: int) -> Iterator[Statement]:
    """The statement in pieces, each with as many of its resources as there is room for."""
    bare = len(_compact(replace(one, resources=()).as_json()))
    yield from (replace(one, resources=tuple(group)) for group in _groups(one.resources, room - bare))


def _groups(resources: Iterable[str], room: int) -> Iterator[list[str]]:
    group: list[str] = []
    left = room
    for resource in resources:
        size = len(_compact(resource)) + 1
        if group and size > left:
            yield group
            group, left = [], room
        group.append(resource)
        left -= size
    yield group


def _substituted(document: Document) -> dict[str, Any]:
    """The document with the API's id filled in by CloudFormation. Policy variables are IAM's own, and are kept from `Fn::Sub`."""
    told = document.as_json()
    for statement in told["Statement"]:
        statement["Resource"] = [sub(arn) for arn in statement["Resource"]]
    return told
