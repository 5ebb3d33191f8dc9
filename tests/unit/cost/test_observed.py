"""Items are weighed, and calls of DynamoDB told apart, as DynamoDB does it."""

from __future__ import annotations

from typing import Any

import pytest

from deep.cost.events import TableCall
from deep.cost.observed import item_bytes, table_calls_of

ITEM = {"Id": {"S": "1234567890"}}
SIZE = 12


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "\u00e9\u20ac"}, 5),
        ({"N": "5"}, 2),
        ({"N": "-12345"}, 5),
        ({"N": "1200000"}, 2),
        ({"N": "0.001"}, 2),
        ({"N": "1.5E+30"}, 2),
        ({"B": "AAEC"}, 3),
        ({"B": "AA=="}, 1),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": ["AA=="]}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": False}]}, 8),
        ({"M": {"ab": {"S": "c"}}}, 7),
    ],
)
def test_values_weigh_what_dynamodb_says(value: dict[str, Any], size: int) -> None:
    assert item_bytes({"x": value}) == 1 + size


@pytest.mark.parametrize(
    ("operation", "request_", "answer", "calls"),
    [
        ("GetItem", {}, {}, [TableCall("GetItem", 0)]),
        ("GetItem", {"ConsistentRead": True}, {"Item": ITEM}, [TableCall("GetItem", SIZE, is_consistent=True)]),
        ("Scan", {}, {"Items": [ITEM, ITEM], "ScannedCount": 10}, [TableCall("Scan", SIZE * 10)]),
        ("Query", {}, {"Items": [], "ScannedCount": 10}, [TableCall("Query", 0)]),
        ("PutItem", {"TableName": "T", "Item": ITEM}, {}, [TableCall("PutItem", SIZE, index_bytes=(SIZE, SIZE))]),
        ("PutItem", {"TableName": "U", "Item": ITEM}, {}, [TableCall("PutItem", SIZE)]),
        ("UpdateItem", {"Key": ITEM}, {"Attributes": {**ITEM, "a": {"S": "b" * 9}}}, [TableCall("UpdateItem", SIZE + 10)]),
        ("DeleteItem", {"Key": ITEM}, {}, [TableCall("DeleteItem", 0)]),
        ("DeleteItem", {"Key": ITEM}, {"Item": {**ITEM, "a": {"S": "b"}}}, [TableCall("DeleteItem", SIZE + 2)]),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "U", "Item": ITEM}}, {"ConditionCheck": {"TableName": "T", "Key": ITEM}}]},
            {},
            [TableCall("PutItem", SIZE, is_transactional=True), TableCall("ConditionCheck", SIZE, is_transactional=True)],
        ),
        ("TransactGetItems", {}, {"Responses": [{"Item": ITEM}, {}]}, [TableCall("GetItem", size, is_transactional=True) for size in (SIZE, 0)]),
        (
            "BatchGetItem",
            {"RequestItems": {"T": {"Keys": [ITEM, ITEM]}}},
            {"Responses": {"T": [ITEM]}},
            [TableCall("BatchGetItem", SIZE), TableCall("BatchGetItem", 0)],
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"U": [{"PutRequest": {"Item": ITEM}}, {"DeleteRequest": {"Key": ITEM}}]}},
            {},
            [TableCall("PutItem", SIZE), TableCall("DeleteItem", 0)],
        ),
        ("DescribeTable", {"TableName": "T"}, {"Table": {}}, []),
    ],
)
def test_calls_on_the_wire_are_events(operation: str, request_: dict[str, Any], answer: dict[str, Any], calls: list[TableCall]) -> None:
    assert list(table_calls_of(operation, request_, answer, {"T": 2})) == calls
