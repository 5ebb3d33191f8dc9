"""The real table engine for tests: a Dynoxide process on a free port, and a function's deployment that uses it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from deep.runtime.deployment import Deployment
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.retry import RetryPolicy
from deep.wire.sigv4 import Credentials

REPOSITORY = Path(__file__).parents[2]
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
REGION = "us-east-1"


def dynoxide_binary() -> Path | None:
    """Where `make setup` puts the engine, or where `DEEP_DYNOXIDE` says; None where it is missing."""
    candidates = [os.environ.get("DEEP_DYNOXIDE"), REPOSITORY / "node_modules/@dynoxide/linux-x64/dynoxide", shutil.which("dynoxide")]
    return next((Path(path) for path in candidates if path and Path(path).is_file()), None)


@contextmanager
def running_dynoxide(binary: Path) -> Iterator[str]:
    """The URL of an engine in memory; it is stopped by its own process object at the end."""
    port = free_port()
    process = subprocess.Popen([binary, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def client_of(url: str) -> DynamoDb:
    """A client that never waits between attempts."""
    return DynamoDb(url, REGION, CREDENTIALS, retry=RetryPolicy(sleep=lambda seconds: None))


def table_shape(fields: dict[str, Any], *indexes: tuple[str, str | None]) -> dict[str, Any]:
    """A model's table as a function's configuration holds it, under a name no other test uses."""
    told = []
    for partition, sort in indexes:
        index = {"name": f"{partition}-{sort or 'index'}", "partition": partition}
        told.append({**index, "sort": sort} if sort else index)
    return {"name": f"T{uuid4().hex}", "fields": fields, "indexes": told}


def create_table(client: DynamoDb, shape: dict[str, Any]) -> None:
    """Makes the table `shape` describes, with its indexes."""
    own = bool(shape.get("own"))
    keys = {"Owner": "S", "Id": "S"} if own else {"Id": "S"}
    indexes = []
    for index in shape["indexes"]:
        fields = ["Owner", index["partition"]] if own else [index["partition"], *([index["sort"]] if "sort" in index else [])]
        keys |= {field: "N" if shape["fields"].get(field) == "number" else "S" for field in fields}
        schema = [{"AttributeName": field, "KeyType": kind} for field, kind in zip(fields, ("HASH", "RANGE"), strict=False)]
        indexes.append({"IndexName": index["name"], "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}})
    request: dict[str, Any] = {
        "TableName": shape["name"],
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": kind} for field, kind in keys.items()],
        "KeySchema": [{"AttributeName": field, "KeyType": kind} for field, kind in zip(_key_fields(own=own), ("HASH", "RANGE"), strict=False)],
    }
    client.call("CreateTable", {**request, **({"GlobalSecondaryIndexes": indexes} if indexes else {})})


def _key_fields(*, own: bool) -> tuple[str, ...]:
    return ("Owner", "Id") if own else ("Id",)


def function_config(**members: Any) -> dict[str, Any]:
    """A function's `_config.json` with everything at its plainest; `members` replace."""
    return {
        "version": 1,
        "env": "dev",
        "deployId": "0123abcd",
        "region": REGION,
        "accountId": "123456789012",
        "appIdentifier": "test",
        "microapp": "deep.todo",
        "action": "deep.todo:task:create",
        "forceUserIdentity": False,
        "validationSchema": None,
        "development": False,
        "globals": {},
        "tables": {},
        "microapps": {
            "deep.root": {"isRoot": True, "parameters": {}, "resources": {}},
            "deep.todo": {"isRoot": False, "parameters": {"mail": {"from": "a@b.c"}}, "resources": {}},
        },
    } | members


def deployment(**members: Any) -> Deployment:
    return Deployment(function_config(**members))  # type: ignore[arg-type]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
