"""What a call needs, and whether a policy gives it."""

from __future__ import annotations

from typing import Any

import pytest

from deep.security.evaluate import Access, evaluate
from deep.security.iam import Document, Statement
from deep.security.needs import Tables

PREFIX = "arn:aws:dynamodb:eu-west-1:123456789012:table/"
TABLES = Tables(PREFIX, {"Note": "Owner", "Todo": "Id"})
TABLE = f"{PREFIX}Note"
OWN = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ("${aws:PrincipalTag/identity}",)}, "Null": {"dynamodb:LeadingKeys": ("false",)}}


def allows(document: Document, access: Access) -> bool:
    return evaluate(document, access).allowed


@pytest.mark.parametrize(
    ("statement", "action", "resource", "expected"),
    [
        (Statement(("dynamodb:GetItem",), (TABLE,)), "dynamodb:GetItem", TABLE, True),
        (Statement(("dynamodb:getitem",), (TABLE,)), "dynamodb:GetItem", TABLE, True),
        (Statement(("dynamodb:GetItem",), (TABLE,)), "dynamodb:GetItem", f"{TABLE}s", False),
        (Statement(("dynamodb:GetItem",), (TABLE,)), "dynamodb:PutItem", TABLE, False),
        (Statement(("dynamodb:*Item",), ("arn:aws:dynamodb:*:*:table/N?te",)), "dynamodb:PutItem", TABLE, True),
        (Statement(("s3:GetObject",), ("arn:aws:s3:::b/${aws:PrincipalTag/team}/*",)), "s3:GetObject", "arn:aws:s3:::b/red/x", True),
        (Statement(("s3:GetObject",), ("arn:aws:s3:::b/${aws:PrincipalTag/other}/*",)), "s3:GetObject", "arn:aws:s3:::b//x", False),
    ],
)
def test_actions_and_resources_match_as_iam_matches(statement: Statement, action: str, resource: str, expected: bool) -> None:
    assert allows(Document((statement,)), Access(action, resource, {"aws:PrincipalTag/team": ("red",)})) is expected


def test_a_variables_value_is_text_and_no_pattern() -> None:
    document = Document((Statement(("s3:GetObject",), ("arn:aws:s3:::b/${aws:PrincipalTag/team}/*",)),))
    assert not allows(document, Access("s3:GetObject", "arn:aws:s3:::b/red/x", {"aws:PrincipalTag/team": ("*",)}))


def test_deny_wins_and_says_so() -> None:
    deny = Statement(("*",), ("*",), "Deny")
    found = evaluate(Document((Statement(("*",), ("*",)), deny)), Access("a:B", "c"))
    assert (found.allowed, found.statement) == (False, deny)


def test_an_operator_that_is_not_known_is_never_guessed() -> None:
    document = Document((Statement(("*",), ("*",), conditions={"DateLessThan": {"aws:CurrentTime": ("x",)}}),))
    with pytest.raises(ValueError, match="DateLessThan"):
        evaluate(document, Access("a:B", "c"))


def own(operation: str, request: dict[str, Any], identity: str = "me") -> bool:
    actions = tuple(f"dynamodb:{one}" for one in ("GetItem", "PutItem", "Query", "Scan", "BatchGetItem", "DeleteItem", "UpdateItem"))
    document = Document((Statement(actions, (TABLE, f"{TABLE}/index/I"), conditions=OWN),))
    accesses = TABLES.accesses(operation, request)
    return bool(accesses) and all(
        allows(document, Access(one.action, one.resource, {**one.context, "aws:PrincipalTag/identity": (identity,)})) for one in accesses
    )


def keyed(owner: str) -> dict[str, Any]:
    return {"Owner": {"S": owner}, "Id": {"S": "1"}}


def query(owner: str, **more: Any) -> dict[str, Any]:
    return {
        "TableName": "Note",
        "KeyConditionExpression": "#0 = :0 and begins_with(Id, :1)",
        "ExpressionAttributeNames": {"#0": "Owner"},
        "ExpressionAttributeValues": {":0": {"S": owner}, ":1": {"S": "x"}},
        **more,
    }


@pytest.mark.parametrize(
    ("operation", "request_of"),
    [
        ("GetItem", lambda owner: {"TableName": "Note", "Key": keyed(owner)}),
        ("PutItem", lambda owner: {"TableName": TABLE, "Item": keyed(owner)}),
        ("Query", query),
        ("Query", lambda owner: query(owner, IndexName="I")),
        (
            "Query",
            lambda owner: {"TableName": "Note", "KeyConditions": {"Owner": {"AttributeValueList": [{"S": owner}], "ComparisonOperator": "EQ"}}},
        ),
        ("BatchGetItem", lambda owner: {"RequestItems": {"Note": {"Keys": [keyed("me"), keyed(owner)]}}}),
        ("TransactWriteItems", lambda owner: {"TransactItems": [{"Put": {"TableName": "Note", "Item": keyed(owner)}}]}),
        ("TransactGetItems", lambda owner: {"TransactItems": [{"Get": {"TableName": "Note", "Key": keyed(owner)}}]}),
    ],
)
def test_only_ones_own_items_are_reached(operation: str, request_of: Any) -> None:
    """Parity 79."""
    assert own(operation, request_of("me"))
    assert not own(operation, request_of("you"))


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("Scan", {"TableName": "Note"}),
        ("Query", {"TableName": "Note"}),
        ("Query", query("me") | {"KeyConditionExpression": "#0 > :0"}),
        ("ExecuteStatement", {"Statement": "SELECT * FROM Note"}),
        ("ListTables", {}),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "Note", "Item": keyed("me")}}, {"Delete": {"TableName": "Todo", "Key": {}}}]},
        ),
        ("BatchWriteItem", {"RequestItems": {"Note": [{"DeleteRequest": {"Key": keyed("me")}}]}}),
    ],
)
def test_what_names_no_owner_or_another_table_is_denied(operation: str, request_: dict[str, Any]) -> None:
    assert not own(operation, request_)
