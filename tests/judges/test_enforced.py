"""The documents at work: ministack with `AUTH=true` holds roles with our policies, and is called with their temporary credentials."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deep.model import App
from deep.security.function_policy import function_document
from deep.security.iam import Document
from deep.security.identity_policy import identity_document
from tests.fakes.apps import only_api
from tests.judges.functions import Universe
from tests.judges.matrix import API, INVOKE, Cell, Matrix
from tests.judges.ministack import Ministack

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
DENIED, PASSED = {"AccessDenied", "AccessDeniedException"}, {"ResourceNotFoundException"}
"""There is no function and no table in this account: a call that was let through finds nothing."""
KEY = {"Id": {"S": "1"}}
CALLS: dict[str, dict[str, Any]] = {
    "get_item": {"Key": KEY},
    "put_item": {"Item": KEY},
    "update_item": {"Key": KEY},
    "delete_item": {"Key": KEY},
    "scan": {},
    "query": {"KeyConditionExpression": "Id = :id", "ExpressionAttributeValues": {":id": KEY["Id"]}},
}


def credentials(ministack: Ministack, role: str, document: Document) -> dict[str, str]:
    """Temporary credentials of a new role with this policy."""
    iam = ministack.client("iam")
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    if document.statements:
        iam.put_role_policy(RoleName=role, PolicyName="compiled", PolicyDocument=json.dumps(document.as_json()))
    given = ministack.client("sts").assume_role(RoleArn=arn, RoleSessionName="judged")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def is_let_through(call: Any, **arguments: Any) -> bool:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    code = refused.value.response["Error"]["Code"]
    assert code in DENIED | PASSED, refused.value
    return code in PASSED


def test_callers_invoke_what_their_role_grants(judged: App, ministack: Ministack) -> None:
    """Parity 87."""
    matrix = Matrix(judged)
    decided = {cell: allowed for cell, allowed in matrix.decided().items() if cell.way == INVOKE}
    found: dict[Cell, bool] = {}
    for role in matrix.grants.roles:
        given = credentials(
            ministack, matrix.names.role(f"identity {role}"), identity_document(judged, matrix.grants, role, matrix.names, only_api(API))
        )
        functions = ministack.client("lambda", matrix.names.region, **given)
        found |= {cell: is_let_through(functions.invoke, FunctionName=matrix.names.function(cell.action)) for cell in decided if cell.role == role}
    assert found == decided


def test_functions_reach_the_tables_they_use(judged: App, ministack: Ministack) -> None:
    """Parity 88. Every function calls every operation on the tables that it uses, and on one that it does not."""
    universe = Universe(judged)
    actions = {operation: f"dynamodb:{''.join(word.title() for word in operation.split('_'))}" for operation in CALLS}
    for action in universe.functions:
        expected, names = universe.expected(action), universe.names
        given = credentials(ministack, names.role(action.identifier), function_document(judged, action, names))
        tables = ministack.client("dynamodb", names.region, **given)
        used = sorted(judged.uses[action.identifier].models)
        found = {
            (actions[operation], names.table_arn(model, own=universe.models[model].own))
            for model in (*used, *sorted(set(universe.models) - set(used))[:1])
            for operation, arguments in CALLS.items()
            if is_let_through(getattr(tables, operation), TableName=names.table(model, own=universe.models[model].own), **arguments)
        }
        assert found == {need for need in expected if need[0] in actions.values() and "/index/" not in need[1]}, action.identifier
