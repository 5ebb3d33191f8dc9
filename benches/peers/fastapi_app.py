"""The same API as one would write it by hand: FastAPI with `async def` on one uvicorn worker, sqlite3 in WAL mode in the process."""

import json
import os
import sqlite3
import time
import uuid
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
connection = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("PRAGMA synchronous=NORMAL")
connection.execute("CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, body TEXT NOT NULL)")


class NewTask(BaseModel):
    Title: str
    Completed: bool = False


@app.post("/bench/task/create")
async def create(task: NewTask) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    item = {"Id": str(uuid.uuid4()), **task.model_dump(), "createdAt": now, "updatedAt": now}
    connection.execute("INSERT INTO task VALUES (?, ?)", (item["Id"], json.dumps(item)))
    return item


@app.get("/bench/task/get")
async def get(Id: str) -> dict[str, Any]:
    row = connection.execute("SELECT body FROM task WHERE id = ?", (Id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    return json.loads(row[0])


@app.get("/bench/task/list")
async def list_tasks() -> list[dict[str, Any]]:
    return [json.loads(body) for (body,) in connection.execute("SELECT body FROM task LIMIT 20")]
