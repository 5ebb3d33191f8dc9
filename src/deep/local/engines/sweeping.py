"""Items that have ended are deleted, as DynamoDB deletes them (time to live); the engines that run here leave them.

Source: Amazon DynamoDB Developer Guide, "Using time to live (TTL)": the field is a number, in seconds, and at most five years in the past.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from deep.bundle.table_rows import OLDEST_S
from deep.frozen import dataclass
from deep.local.engines.dynamodb_http import TableCallError
from deep.local.engines.table_calls import Caller
from deep.model import Model

EVERY_S = 30.0
_UNREACHABLE = (TableCallError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Ending:
    """A table whose items end: when, in which field, and the fields of its key."""

    table: str
    field: str
    keys: tuple[str, ...]


def endings(models: Iterable[Model], definitions: Iterable[Mapping[str, Any]]) -> Iterator[Ending]:
    """Of the models, each with its table, those whose items end."""
    for model, table in zip(models, definitions, strict=True):
        if model.ttl is not None:
            yield Ending(table["TableName"], model.ttl, tuple(key["AttributeName"] for key in table["KeySchema"]))


class Sweeper:
    """Deletes what has ended, from time to time. Tables may be changed while `resting` is held; nothing is deleted then."""

    def __init__(self, caller: Caller) -> None:
        self._call = caller.call
        self._endings: tuple[Ending, ...] = ()
        self._told = asyncio.Event()
        self.resting = asyncio.Lock()

    def use(self, endings: Iterable[Ending]) -> None:
        """Sweeps these tables from now on, and once soon."""
        self._endings = tuple(endings)
        self._told.set()

    async def run(self) -> None:
        """Until it is cancelled. An engine that does not answer is asked again later."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), EVERY_S)
            self._told.clear()
            async with self.resting:
                for ending in self._endings:
                    with suppress(*_UNREACHABLE):
                        await self.sweep(ending, time.time())

    async def sweep(self, ending: Ending, now_s: float) -> int:
        """How many items of a table were deleted. Raises what its caller raises."""
        told = _ended(ending, now_s)
        request: dict[str, Any] = {"TableName": ending.table, "FilterExpression": told["ConditionExpression"], **_placeholders(told)}
        swept = 0
        while True:
            answer = await self._call("Scan", request)
            for item in answer["Items"]:
                swept += await self._delete(ending, item, told)
            if "LastEvaluatedKey" not in answer:
                return swept
            request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def _delete(self, ending: Ending, item: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
        """False where somebody has given it more time meanwhile."""
        try:
            await self._call("DeleteItem", {"TableName": ending.table, "Key": {key: item[key] for key in ending.keys}, **told})
        except TableCallError as error:
            if error.type != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _ended(ending: Ending, now_s: float) -> dict[str, Any]:
    values = {":number": {"S": "N"}, ":now": {"N": str(int(now_s))}, ":oldest": {"N": str(int(now_s) - OLDEST_S)}}
    condition = "attribute_type(#end, :number) AND #end <= :now AND #end > :oldest"
    return {"ConditionExpression": condition, "ExpressionAttributeNames": {"#end": ending.field}, "ExpressionAttributeValues": values}


def _placeholders(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("ExpressionAttributeNames", "ExpressionAttributeValues")}
