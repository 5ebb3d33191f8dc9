"""`POST /tasks` on FastAPI behind Mangum, with boto3 for the table."""

import os
import time
import uuid

import boto3
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI()
table = boto3.resource("dynamodb").Table(os.environ["BENCH_TABLE"])


class NewTask(BaseModel):
    Title: str
    Completed: bool = False


@app.post("/bench/task/create")
def create(task: NewTask):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    item = {"Id": str(uuid.uuid4()), **task.model_dump(), "createdAt": now, "updatedAt": now}
    table.put_item(Item=item)
    return item


handler = Mangum(app, lifespan="off")
