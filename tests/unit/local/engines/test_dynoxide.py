"""The table engine: its data outlives it, its writes do not wait for the disk, damage is noticed."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from deep.local.engines.child import Household, Launch, Watcher
from deep.local.engines.dynalite import Dynalite, find_command
from deep.local.engines.dynamodb_http import DynamoDbHttp, TableCallError
from deep.local.engines.dynoxide import FILE_NAME, Dynoxide, check_database, find_binary
from deep.local.engines.table_engine import EngineHome, TableEngine, find_table_engine
from deep.local.engines.tables import reconcile_tables
from deep.local.engines.without_fsync import SYSTEM_CALLS, __file__, program
from tests.fakes.sandboxes import ignore

needs_dynoxide = pytest.mark.skipif(find_binary() is None, reason="no Dynoxide binary for this machine")
needs_dynalite = pytest.mark.skipif(find_command() is None, reason="dynalite is not installed")

TABLE = {
    "TableName": "Things",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
}
ITEM = {"TableName": "Things", "Item": {"Id": {"S": "1"}, "Title": {"S": "kept"}}}
KEY = {"TableName": "Things", "Key": {"Id": {"S": "1"}}}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[EngineHome]:
    household = Household()
    yield EngineHome(tmp_path, household, ignore)
    await household.close()


def dynoxide(home: EngineHome) -> Dynoxide:
    return Dynoxide(find_binary() or Path(), home.data, home.household, home.on_note)


async def keeps_items_over_restarts(engine: TableEngine, again: TableEngine) -> None:
    await engine.start()
    client = DynamoDbHttp(engine.endpoint)
    await reconcile_tables(DynamoDbHttp(engine.endpoint), [TABLE])
    await client.call("PutItem", ITEM)
    await engine.stop()
    with pytest.raises(OSError, match=r"."):
        await client.call("ListTables", {})
    await again.start()
    assert (await DynamoDbHttp(again.endpoint).call("GetItem", KEY))["Item"] == ITEM["Item"]
    await again.stop()


@needs_dynoxide
async def test_dynoxide_keeps_items_over_restarts(home: EngineHome) -> None:
    assert dynoxide(home).missing
    await keeps_items_over_restarts(dynoxide(home), dynoxide(home))


@needs_dynalite
async def test_dynalite_keeps_items_over_restarts(home: EngineHome) -> None:
    def engine() -> Dynalite:
        return Dynalite(find_command() or (), home.data, home.household, home.on_note)

    assert "transactions (create_unique_on_fields)" in engine().missing
    await keeps_items_over_restarts(engine(), engine())


@needs_dynoxide
async def test_an_engine_that_is_killed_comes_back_with_every_item(home: EngineHome) -> None:
    engine = dynoxide(home)
    await engine.start()
    client = DynamoDbHttp(engine.endpoint)
    await reconcile_tables(DynamoDbHttp(engine.endpoint), [TABLE])
    await client.call("PutItem", ITEM)
    os.kill(engine.pid or 0, signal.SIGKILL)
    assert (await patient_call(client, "GetItem", KEY))["Item"] == ITEM["Item"]
    await engine.stop()


@needs_dynoxide
async def test_an_expression_that_overflows_the_engines_stack_does_not_end_the_platform(home: EngineHome) -> None:
    """Dynoxide 1.2.1 aborts on 2,000 unbalanced parentheses; it is started again."""
    engine = dynoxide(home)
    await engine.start()
    client = DynamoDbHttp(engine.endpoint)
    await reconcile_tables(DynamoDbHttp(engine.endpoint), [TABLE])
    with pytest.raises((OSError, TableCallError)):
        await client.call("Scan", {"TableName": "Things", "FilterExpression": "(" * 2000, "ExpressionAttributeValues": {":x": {"S": "1"}}})
    assert (await patient_call(client, "ListTables", {}))["TableNames"] == ["Things"]
    await engine.stop()


async def patient_call(client: DynamoDbHttp, operation: str, document: dict[str, Any]) -> dict[str, Any]:
    """As the runtime's client does: a refused connection is tried again."""
    for _ in range(200):
        try:
            return await client.call(operation, document)
        except OSError:
            await asyncio.sleep(0.02)
    raise TimeoutError(operation)


@needs_dynoxide
async def test_dynoxide_is_preferred(home: EngineHome) -> None:
    assert find_table_engine(home).name == "Dynoxide"


async def test_the_engine_chosen_by_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tmp_path / "my-dynoxide"
    chosen.write_text("#!/bin/sh\n", encoding="ascii")
    chosen.chmod(0o755)
    monkeypatch.setenv("DEEP_DYNOXIDE", str(chosen))
    assert find_binary() == chosen


@pytest.mark.skipif(platform.machine() not in SYSTEM_CALLS or sys.platform != "linux", reason="a filter of Linux's system calls")
async def test_syncs_are_skipped_and_nothing_else(tmp_path: Path, home: EngineHome) -> None:
    """A sync of a descriptor that is not open fails with EBADF, unless it never reaches the kernel's file systems."""
    code = "import os\nos.fsync(999); os.fdatasync(999)\ntry: os.fstat(999)\nexcept OSError as error: print(error.errno)"
    lines: list[str] = []
    argv = [sys.executable, "-I", "-S", __file__, sys.executable, "-S", "-c", code]
    child = home.household.start(Launch(argv, tmp_path, {}), Watcher(lines.append, lambda _: None))
    await child.wait()
    assert (lines, child.returncode) == (["9"], 0)


def test_the_filter_is_seven_instructions() -> None:
    assert len(program(*SYSTEM_CALLS["x86_64"])) == 7 * 8


def test_a_sound_database_stays_where_it_is(tmp_path: Path) -> None:
    assert check_database(tmp_path) is None
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("create table t (x)")
    assert check_database(tmp_path) is None
    assert (tmp_path / FILE_NAME).exists()


def test_a_damaged_database_is_moved_aside_and_leaves_no_log_to_mislead_the_next(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database" * 100)
    (tmp_path / f"{FILE_NAME}-wal").write_bytes(b"log")
    aside = check_database(tmp_path)
    assert aside is not None
    assert aside.read_bytes().startswith(b"not a database")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(aside.name)] == []
