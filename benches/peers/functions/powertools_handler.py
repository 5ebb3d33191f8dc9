"""`POST /tasks` on Powertools' HTTP API resolver, with boto3 for the table."""

import os
import time
import uuid

import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

app = APIGatewayHttpResolver()
table = boto3.resource("dynamodb").Table(os.environ["BENCH_TABLE"])


@app.post("/bench/task/create")
def create():
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    item = {"Id": str(uuid.uuid4()), **app.current_event.json_body, "createdAt": now, "updatedAt": now}
    table.put_item(Item=item)
    return item


def handler(event, context):
    return app.resolve(event, context)
