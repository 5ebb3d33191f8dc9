"""What the platform does to tables of its engine, whole: made and ready, deleted and gone, read page by page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from deep.bundle.table_changes import Shape, TableStep
from deep.bundle.table_rows import Row

POLL_S = 0.02
ACTIVE_S = 60.0


class Caller(Protocol):
    """Who carries an operation to the engine: `DynamoDbHttp`."""

    async def call(self, operation: str, document: dict[str, Any]) -> dict[str, Any]: ...


class TableCalls:
    """Calls of an engine. Raises what its caller raises, and TimeoutError for a table that is not ready after a minute."""

    def __init__(self, caller: Caller) -> None:
        self._call = caller.call

    async def names(self) -> set[str]:
        """All tables."""
        names: set[str] = set()
        page: dict[str, Any] = {}
        while True:
            answer = await self._call("ListTables", page)
            names.update(answer["TableNames"])
            last = answer.get("LastEvaluatedTableName")
            if not last:
                return names
            page = {"ExclusiveStartTableName": last}

    async def describe(self, table: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await self._call("DescribeTable", {"TableName": table}))["Table"]
        return answer

    async def create(self, table: str, shape: Shape) -> None:
        await self._call("CreateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST", **shape.members()})
        await self._until_active(table)

    async def delete(self, table: str) -> None:
        await self._call("DeleteTable", {"TableName": table})
        await self._until_gone(table)

    async def change_index(self, table: str, step: TableStep) -> None:
        """Adds or drops the index that the step names."""
        change = {"Create": step.shape.index(step.index)} if step.doing == "add-index" else {"Delete": {"IndexName": step.index}}
        attributes = step.shape.members()["AttributeDefinitions"]
        await self._call("UpdateTable", {"TableName": table, "AttributeDefinitions": attributes, "GlobalSecondaryIndexUpdates": [change]})
        await self._until_active(table)

    async def pages(self, table: str) -> AsyncIterator[list[Row]]:
        """Every row, as the engine gives them."""
        request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
        while True:
            answer = await self._call("Scan", request)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def write(self, table: str, rows: Sequence[Row]) -> None:
        """Up to 25 rows, over what has the same keys."""
        left: dict[str, Any] = {table: [{"PutRequest": {"Item": row}} for row in rows]}
        while left:
            left = (await self._call("BatchWriteItem", {"RequestItems": left})).get("UnprocessedItems") or {}

    async def _until_active(self, table: str) -> None:
        deadline = time.monotonic() + ACTIVE_S
        while not _is_active(await self.describe(table)):
            await _pause(deadline, f"table {table} was not active")

    async def _until_gone(self, table: str) -> None:
        deadline = time.monotonic() + ACTIVE_S
        while table in await self.names():
            await _pause(deadline, f"table {table} was not gone")


async def _pause(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"{what} after {ACTIVE_S:g} s")
    await asyncio.sleep(POLL_S)


def _is_active(table: dict[str, Any]) -> bool:
    indexes = table.get("GlobalSecondaryIndexes", ())
    return table["TableStatus"] == "ACTIVE" and all(index.get("IndexStatus", "ACTIVE") == "ACTIVE" for index in indexes)
