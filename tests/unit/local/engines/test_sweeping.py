"""Items that have ended are deleted, and no others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deep.bundle.table_rows import OLDEST_S
from deep.local.engines.child import Household
from deep.local.engines.dynamodb_http import DynamoDbHttp
from deep.local.engines.dynoxide import Dynoxide, find_binary
from deep.local.engines.sweeping import Ending, Sweeper, endings
from deep.local.engines.tables import reconcile_tables
from deep.model import Model
from tests.fakes.apps import HERE
from tests.fakes.sandboxes import ignore

pytestmark = pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")

NOW = 1_900_000_000
TABLE: dict[str, Any] = {
    "TableName": "Session",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "Owner", "KeyType": "HASH"}, {"AttributeName": "Id", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": field, "AttributeType": "S"} for field in ("Owner", "Id")],
}
ENDING = Ending("Session", "Until", ("Owner", "Id"))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[DynamoDbHttp]:
    household = Household()
    engine = Dynoxide(find_binary() or Path(), tmp_path, household, ignore)
    await engine.start()
    caller = DynamoDbHttp(engine.endpoint)
    await reconcile_tables(caller, [TABLE])
    yield caller
    await engine.stop()
    await household.close()


async def put(engine: DynamoDbHttp, name: str, until: dict[str, str] | None) -> None:
    ended = {"Until": until} if until else {}
    await engine.call("PutItem", {"TableName": "Session", "Item": {"Owner": {"S": "somebody"}, "Id": {"S": name}, **ended}})


async def kept(engine: DynamoDbHttp) -> set[str]:
    return {item["Id"]["S"] for item in (await engine.call("Scan", {"TableName": "Session"}))["Items"]}


async def test_what_has_ended_goes_and_nothing_else(engine: DynamoDbHttp) -> None:
    ends = {"now": NOW, "long ago": NOW - OLDEST_S + 1, "soon": NOW + 1, "in another age": NOW - OLDEST_S}
    for name, until in ends.items():
        await put(engine, name, {"N": str(until)})
    await put(engine, "never", None)
    await put(engine, "in words", {"S": "1"})
    assert await Sweeper(engine).sweep(ENDING, NOW) == 2
    assert await kept(engine) == {"soon", "in another age", "never", "in words"}


async def test_many_go_in_one_sweep(engine: DynamoDbHttp) -> None:
    for number in range(60):
        await put(engine, f"{number:02}{'x' * 900}", {"N": str(NOW - number)})
    assert await Sweeper(engine).sweep(ENDING, NOW - 10) == 50
    assert len(await kept(engine)) == 10


async def test_whoever_was_given_more_time_stays(engine: DynamoDbHttp) -> None:
    class Prolonged:
        """Prolongs each item between the look and the deletion."""

        async def call(self, operation: str, document: dict[str, Any]) -> dict[str, Any]:
            if operation == "DeleteItem":
                await put(engine, document["Key"]["Id"]["S"], {"N": str(NOW + 5)})
            return await engine.call(operation, document)

    await put(engine, "a", {"N": str(NOW - 5)})
    assert await Sweeper(Prolonged()).sweep(ENDING, NOW) == 0
    assert await kept(engine) == {"a"}


async def test_it_sweeps_as_soon_as_it_knows_what_and_rests_while_tables_change(engine: DynamoDbHttp) -> None:
    await put(engine, "a", {"N": "1700000000"})
    sweeper = Sweeper(engine)
    sweeping = asyncio.create_task(sweeper.run())
    async with sweeper.resting:
        sweeper.use([Ending("Gone", "Until", ("Id",)), ENDING])
        await asyncio.sleep(0.05)
        assert await kept(engine) == {"a"}
    sweeper.use([ENDING])
    async with asyncio.timeout(10):
        while await kept(engine):  # each look is a request, which lets the sweeper run
            pass
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)


def test_models_that_end_are_known_by_their_tables() -> None:
    models = [Model("Session", {"Until": "number"}, (), {}, HERE, own=True, ttl="Until"), Model("Todo", {}, (), {}, HERE)]
    assert list(endings(models, [TABLE, {"TableName": "Todo", "KeySchema": []}])) == [ENDING]
