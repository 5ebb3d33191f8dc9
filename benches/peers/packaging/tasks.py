"""The Todo app's six functions as boto3 users write them; the same file for every peer. Nothing but boto3 is required, which AWS Lambda has."""

import json
import os
import time
import uuid

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def create(event, context):
    stamp = now()
    item = {"Completed": False, **body(event), "Id": str(uuid.uuid4()), "createdAt": stamp, "updatedAt": stamp}
    table.put_item(Item=item)
    return answer(item)


def retrieve(event, context):
    key = (event.get("queryStringParameters") or {}).get("Id")
    if key is None:
        return answer(table.scan()["Items"])
    item = table.get_item(Key={"Id": key}).get("Item")
    return answer(item, 200 if item else 404)


def update(event, context):
    changes = {**body(event), "updatedAt": now()}
    key = changes.pop("Id")
    names = {f"#{number}": name for number, name in enumerate(changes)}
    values = {f":{number}": value for number, value in enumerate(changes.values())}
    setting = ", ".join(f"#{number} = :{number}" for number in range(len(changes)))
    told = {"UpdateExpression": f"SET {setting}", "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    return answer(table.update_item(Key={"Id": key}, ReturnValues="ALL_NEW", **told)["Attributes"])


def delete(event, context):
    table.delete_item(Key={"Id": body(event)["Id"]})
    return answer({})


def delete_completed(event, context):
    return answer({"results": [deleted(key) for key in body(event)]})


def mark_all(event, context):
    return answer({"results": [update({"body": json.dumps(todo)}, context)["statusCode"] == 200 for todo in body(event)]})


def deleted(key):
    table.delete_item(Key={"Id": key})
    return {"Id": key, "ok": True}


def body(event):
    return json.loads(event["body"])


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def answer(data, status=200):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(data, default=str)}
