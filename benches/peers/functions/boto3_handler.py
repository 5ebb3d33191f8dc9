"""`POST /tasks` on bare boto3."""

import json
import os
import time
import uuid

import boto3

table = boto3.resource("dynamodb").Table(os.environ["BENCH_TABLE"])


def handler(event, context):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    item = {"Id": str(uuid.uuid4()), **json.loads(event["body"]), "createdAt": now, "updatedAt": now}
    table.put_item(Item=item)
    return {"statusCode": 200, "body": json.dumps(item)}
