"""Tables behind the door: what the policy grants works, what it does not is denied as AWS denies it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from time import gmtime, strftime
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError

from deep.errors import render
from deep.local.identity.vault import DataBearer
from deep.wire.sigv4 import Credentials, Signer, canonical_request, signed_header_names
from tests.fakes.door import DoorStage
from tests.fakes.http import HttpAnswer, parse_answer, read_to_end
from tests.unit.local.door.conftest import CREATE, IDLE, OWN, READ

ALICE, BOB = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001", "us-east-1:bbbbbbbb-0000-4000-8000-000000000002"


def send(stage: DoorStage, bearer: Any, operation: str, body: bytes, **headers: str) -> HttpAnswer:
    """A signed DynamoDB request with any body, as no SDK would send it."""
    port = int(stage.door.url.rpartition(":")[2])
    issued = stage.vault.issue(bearer, None)
    date = strftime("%Y%m%dT%H%M%SZ", gmtime())
    told = {
        "Host": f"127.0.0.1:{port}",
        "X-Amz-Date": date,
        "X-Amz-Security-Token": issued.session_token,
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        **headers,
    }
    canonical = canonical_request("POST", "/", "", told, sha256(body).hexdigest())
    signer = Signer(Credentials(issued.access_key, issued.secret_key, issued.session_token), stage.names.region, "dynamodb")
    told["Authorization"] = signer.authorization(date, canonical, signed_header_names(told))
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\n{lines}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        return parse_answer(read_to_end(connection), "POST")


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_calls_wait_while_tables_change_and_then_go_on(stage: DoorStage) -> None:
    engine = stage.door.engine
    assert engine is not None
    put = partial(stage.boto3("dynamodb", CREATE).put_item, TableName=stage.names.table("Todo"), Item={"Id": {"S": "held"}})
    held = engine.held()
    stage.run(held.__aenter__())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(put)
        with pytest.raises(TimeoutError):
            waiting.result(0.2)
        stage.run(held.__aexit__(None, None, None))
        assert waiting.result(10)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_uses_grant_works(stage: DoorStage) -> None:
    """Parity 88."""
    table = stage.names.table("Todo")
    item = {"Id": {"S": "1"}, "Title": {"S": "milk" * 1000}, "Rank": {"N": "5"}}
    stage.boto3("dynamodb", CREATE).put_item(TableName=table, Item=item)
    reader = stage.boto3("dynamodb", READ)
    assert reader.get_item(TableName=table, Key={"Id": {"S": "1"}})["Item"] == item
    found = reader.query(TableName=table, IndexName="Rank-index", KeyConditionExpression="#r = :r", **expression({"#r": "Rank"}, {":r": {"N": "5"}}))
    assert found["Items"] == [item]
    assert reader.scan(TableName=table)["Count"] == 1


def expression(names: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    return {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}


def test_a_denial_has_awss_shape_and_tells_the_author_what_to_add(stage: DoorStage) -> None:
    """Parity 88. Deny by default: the function may create, and wants to read."""
    table, arn = stage.names.table("Todo"), stage.names.table_arn("Todo")
    client = stage.boto3("dynamodb", CREATE)
    with pytest.raises(ClientError) as caught:
        client.get_item(TableName=table, Key={"Id": {"S": "1"}})
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("AccessDeniedException", 400)
    assert response["Error"]["Message"] == (
        f"User: arn:aws:sts::123456789012:assumed-role/{stage.names.role(CREATE.action)}/{stage.names.function(CREATE.action)} is not authorized "
        f"to perform: dynamodb:GetItem on resource: {arn} because no identity-based policy allows the dynamodb:GetItem action"
    )
    (problem,) = stage.reporter.problems
    text = render(problem)
    assert problem.code == "access-denied"
    assert f"deep.todo:task:create may not dynamodb:GetItem on {arn}" in text
    assert "DeepTodo/Backend/resources.json:7:5" in text
    assert '"uses": {"models": {"Todo": ["create", "get"]}}' in text
    client.close()


def test_a_denial_is_told_in_full_once(stage: DoorStage) -> None:
    client = stage.boto3("dynamodb", CREATE)
    for _ in range(3):
        assert code_of(lambda: client.scan(TableName=stage.names.table("Todo"))) == "AccessDeniedException"
    assert len(stage.reporter.problems) == 1
    assert [function for function, _ in stage.reporter.logs] == [CREATE.action] * 2
    assert "denied: dynamodb:Scan" in stage.reporter.logs[0][1]


@pytest.mark.parametrize("operation", ["list_tables", "describe_limits", "describe_endpoints", "list_backups"])
def test_what_no_use_asks_for_is_denied(stage: DoorStage, operation: str) -> None:
    """Parity 88: what the original's functions could do without ever needing it."""
    assert code_of(getattr(stage.boto3("dynamodb", READ), operation)) == "AccessDeniedException"
    assert '"uses"' in (stage.reporter.problems[0].help or "")


def test_a_function_without_uses_may_nothing(stage: DoorStage) -> None:
    client, table = stage.boto3("dynamodb", IDLE), stage.names.table("Todo")
    assert code_of(lambda: client.put_item(TableName=table, Item={"Id": {"S": "1"}})) == "AccessDeniedException"
    assert code_of(lambda: client.delete_table(TableName=table)) == "AccessDeniedException"
    assert "declares no uses" in stage.reporter.problems[0].message


def test_transactions_and_batches_need_what_their_parts_do(stage: DoorStage) -> None:
    table = stage.names.table("Todo")
    client = stage.boto3("dynamodb", CREATE)
    put = {"Put": {"TableName": table, "Item": {"Id": {"S": "2"}}}}
    client.transact_write_items(TransactItems=[put])
    delete = {"Delete": {"TableName": table, "Key": {"Id": {"S": "2"}}}}
    assert code_of(lambda: client.transact_write_items(TransactItems=[put, delete])) == "AccessDeniedException"
    assert "dynamodb:DeleteItem" in stage.reporter.problems[0].message
    request = {table: [{"PutRequest": {"Item": {"Id": {"S": "3"}}}}]}
    assert code_of(lambda: client.batch_write_item(RequestItems=request)) == "AccessDeniedException"
    assert '"Action": ["dynamodb:BatchWriteItem"]' in (stage.reporter.problems[1].help or "")


def test_own_items_are_out_of_reach_of_the_functions_own_credentials(stage: DoorStage) -> None:
    """Parity 79: a raw boto3 call on an own table."""
    client, table = stage.boto3("dynamodb", OWN), stage.names.table("Note", own=True)
    assert code_of(lambda: client.scan(TableName=table)) == "AccessDeniedException"
    assert code_of(lambda: client.get_item(TableName=table, Key={"Owner": {"S": ALICE}, "Id": {"S": "1"}})) == "AccessDeniedException"
    assert "reach them by kernel.get" in (stage.reporter.problems[0].help or "")


def key(owner: str, identifier: str = "1") -> dict[str, Any]:
    return {"Owner": {"S": owner}, "Id": {"S": identifier}}


FOREIGN: dict[str, Callable[[Any, str], Any]] = {
    "get": lambda client, table: client.get_item(TableName=table, Key=key(BOB)),
    "put": lambda client, table: client.put_item(TableName=table, Item=key(BOB)),
    "update": lambda client, table: client.update_item(TableName=table, Key=key(BOB)),
    "delete": lambda client, table: client.delete_item(TableName=table, Key=key(BOB)),
    "scan": lambda client, table: client.scan(TableName=table),
    "scan of the index": lambda client, table: client.scan(TableName=table, IndexName="Colour-index"),
    "query": lambda client, table: client.query(TableName=table, KeyConditionExpression="#o = :o", **expression({"#o": "Owner"}, {":o": {"S": BOB}})),
    "query without names": lambda client, table: client.query(
        TableName=table, KeyConditionExpression="(Owner=:o)AND Id > :i", ExpressionAttributeValues={":o": {"S": BOB}, ":i": {"S": "0"}}
    ),
    "query of the index": lambda client, table: client.query(
        TableName=table, IndexName="Colour-index", KeyConditionExpression="#o = :o", **expression({"#o": "Owner"}, {":o": {"S": BOB}})
    ),
    "query, old": lambda client, table: client.query(
        TableName=table, KeyConditions={"Owner": {"AttributeValueList": [{"S": BOB}], "ComparisonOperator": "EQ"}}
    ),
    "transaction": lambda client, table: client.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": key(ALICE, "2")}}, {"Put": {"TableName": table, "Item": key(BOB, "2")}}]
    ),
    "transaction of one": lambda client, table: client.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": key(ALICE, "2")}, "Delete": {"TableName": table, "Key": key(BOB)}}]
    ),
    "transaction of reads": lambda client, table: client.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": key(BOB)}}]),
    "batch": lambda client, table: client.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": key(ALICE)}}, {"DeleteRequest": {"Key": key(BOB)}}]}
    ),
    "batch of reads": lambda client, table: client.batch_get_item(RequestItems={table: {"Keys": [key(ALICE), key(BOB)]}}),
    "partiql": lambda client, table: client.execute_statement(Statement=f'SELECT * FROM "{table}"'),
    "describe": lambda client, table: client.describe_table(TableName=table),
    "another table": lambda client, table: client.scan(TableName=table.replace("Note", "Todo")),
}


@pytest.mark.parametrize("call", FOREIGN.values(), ids=FOREIGN)
def test_the_data_role_reaches_one_identitys_items_only(stage: DoorStage, call: Callable[[Any, str], Any]) -> None:
    """Parity 79: whatever code asks with the data role's credentials, LeadingKeys confines it."""
    table = stage.names.table("Note", own=True)
    bob = stage.boto3("dynamodb", DataBearer(OWN.action, BOB))
    bob.put_item(TableName=table, Item={**key(BOB), "Title": {"S": "secret"}})
    assert code_of(lambda: call(stage.boto3("dynamodb", DataBearer(OWN.action, ALICE)), table)) == "AccessDeniedException"
    assert bob.get_item(TableName=table, Key=key(BOB))["Item"]["Title"] == {"S": "secret"}


def wire(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document)


SMUGGLED: dict[str, Callable[[str], tuple[str, bytes]]] = {
    "a key beside the item": lambda table: ("PutItem", wire({"TableName": table, "Key": key(ALICE), "Item": key(BOB, "9")})),
    "an item beside the key": lambda table: ("DeleteItem", wire({"TableName": table, "Item": key(ALICE), "Key": key(BOB)})),
    "the key twice": lambda table: (
        "DeleteItem",
        b'{"TableName":"%b","Key":%b,"Key":%b}' % (table.encode(), wire(key(BOB)), wire(key(ALICE))),
    ),
    "the key twice, the other way": lambda table: (
        "DeleteItem",
        b'{"TableName":"%b","Key":%b,"Key":%b}' % (table.encode(), wire(key(ALICE)), wire(key(BOB))),
    ),
    "an empty key": lambda table: ("PutItem", wire({"TableName": table, "Key": {}, "Item": key(BOB, "9")})),
    "both requests in one": lambda table: (
        "BatchWriteItem",
        wire({"RequestItems": {table: [{"PutRequest": {"Item": key(ALICE)}, "DeleteRequest": {"Key": key(BOB)}}]}}),
    ),
    "a name for a name": lambda table: (
        "Query",
        wire(
            {
                "TableName": table,
                "KeyConditionExpression": "Id = :a AND Owner = :b",
                **expression({"Id": "Owner"}, {":a": {"S": ALICE}, ":b": {"S": BOB}}),
            }
        ),
    ),
    "both conditions": lambda table: (
        "Query",
        wire(
            {
                "TableName": table,
                "KeyConditions": {"Owner": {"AttributeValueList": [{"S": ALICE}], "ComparisonOperator": "EQ"}},
                "KeyConditionExpression": "#o = :o",
                **expression({"#o": "Owner"}, {":o": {"S": BOB}}),
            }
        ),
    ),
    "two values": lambda table: ("GetItem", wire({"TableName": table, "Key": {"Owner": {"S": ALICE, "N": "1"}, "Id": {"S": "1"}}})),
    "another operator": lambda table: (
        "Query",
        wire({"TableName": table, "KeyConditions": {"Owner": {"AttributeValueList": [{"S": ALICE}], "ComparisonOperator": "GE"}}}),
    ),
    "a foreign start": lambda table: (
        "Query",
        wire(
            {
                "TableName": table,
                "KeyConditionExpression": "#o = :o",
                "ExclusiveStartKey": key(BOB, "0"),
                **expression({"#o": "Owner"}, {":o": {"S": ALICE}}),
            }
        ),
    ),
    "another's table by its ARN": lambda table: (
        "GetItem",
        wire({"TableName": f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}", "Key": key(BOB)}),
    ),
    "no object": lambda table: ("GetItem", b"[]"),
    "no JSON": lambda table: ("GetItem", b'{"TableName":'),
    "half a surrogate": lambda table: ("GetItem", b'{"TableName":"\\ud800"}'),
}


@pytest.mark.parametrize("smuggled", SMUGGLED.values(), ids=SMUGGLED)
def test_nothing_is_smuggled_past(stage: DoorStage, smuggled: Callable[[str], tuple[str, bytes]]) -> None:
    """Parity 79: requests that mean one thing to the judge and might mean another to the engine."""
    table = stage.names.table("Note", own=True)
    bob = stage.boto3("dynamodb", DataBearer(OWN.action, BOB))
    bob.put_item(TableName=table, Item={**key(BOB), "Title": {"S": "secret"}})
    operation, body = smuggled(table)
    answer = send(stage, DataBearer(OWN.action, ALICE), operation, body)
    assert b"secret" not in answer.body
    query = bob.query(TableName=table, KeyConditionExpression="#o = :o", **expression({"#o": "Owner"}, {":o": {"S": BOB}}))
    assert [item["Id"]["S"] for item in query["Items"]] == ["1"]
