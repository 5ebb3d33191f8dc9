"""The same API for serverless-offline: one boto3 client per process, made at import as its documentation advises."""

import json
import os
import time
import uuid

import boto3

table = boto3.resource("dynamodb", endpoint_url=os.environ["AWS_ENDPOINT_URL_DYNAMODB"]).Table(os.environ["TABLE"])


def create(event, context):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    item = {"Id": str(uuid.uuid4()), **json.loads(event["body"]), "createdAt": now, "updatedAt": now}
    table.put_item(Item=item)
    return {"statusCode": 200, "body": json.dumps(item)}


def get(event, context):
    item = table.get_item(Key={"Id": event["queryStringParameters"]["Id"]})["Item"]
    return {"statusCode": 200, "body": json.dumps(item)}


def list_tasks(event, context):
    return {"statusCode": 200, "body": json.dumps(table.scan(Limit=20)["Items"])}
