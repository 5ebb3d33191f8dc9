"""What a role may while two releases answer: what either needs, and nothing that is denied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deep.provision.resources.policies import keeping_rights
from deep.provision.template import Resource


def role_with(*statements: Mapping[str, Any], managed: Sequence[Any] = ()) -> Resource:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    policies = {"Policies": [{"PolicyName": "uses", "PolicyDocument": document}]} if statements else {}
    arns = {"ManagedPolicyArns": list(managed)} if managed else {}
    return Resource("Role", "AWS::IAM::Role", {"RoleName": "DeepDevA", **policies, **arns})


def test_a_role_keeps_the_rights_it_had_while_there_is_room() -> None:
    allowed, former = ({"Effect": "Allow", "Action": [f"dynamodb:{verb}"], "Resource": ["table"]} for verb in ("PutItem", "GetItem"))
    assert keeping_rights(role_with(allowed), role_with(former).properties) == role_with(allowed, former)
    assert keeping_rights(role_with(allowed), role_with(allowed).properties) == role_with(allowed)
    assert keeping_rights(role_with(managed=["a"]), role_with(former, managed=["a", "b"]).properties) == role_with(former, managed=["a", "b"])
    both = keeping_rights(role_with(allowed, former), role_with(allowed).properties)
    assert keeping_rights(role_with(allowed), both.properties) == both


def test_where_there_is_no_room_what_is_denied_is_kept() -> None:
    """Rows that are being moved must not be written to by any version (`moves`)."""
    long = {"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": [f"table/{'x' * 200}{number}" for number in range(40)]}
    denied = {"Sid": "RowsAreMoved", "Effect": "Deny", "Action": ["dynamodb:PutItem"], "Resource": ["table/old"]}
    other = {**long, "Action": ["dynamodb:GetItem"]}
    assert keeping_rights(role_with(long), role_with(other, denied).properties) == role_with(long, denied)
    many = [str(number) for number in range(6)]
    kept = keeping_rights(role_with(managed=many), role_with(managed=[f"former {name}" for name in many]).properties)
    assert kept == role_with(managed=many)
