"""Makes the tables that an app's models ask for: missing ones are created, missing indexes added; nothing is ever deleted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deep.errors import EnvironmentProblem, Problem
from deep.local.engines.dynamodb_http import DynamoDbHttp, TableCallError

POLL_S = 0.02
ACTIVE_S = 60.0

Definition = Mapping[str, Any]
"""A table as DynamoDB's CreateTable takes it."""


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What was done: names of tables created, `table/index` of indexes added, and what could not be brought in line without losing data."""

    created: tuple[str, ...]
    indexed: tuple[str, ...]
    problems: tuple[Problem, ...]


async def reconcile_tables(endpoint: str, definitions: Iterable[Definition]) -> TableChanges:
    """Brings the engine's tables in line with the definitions. Doing it twice changes nothing. Raises EnvironmentProblem when the engine fails."""
    client = DynamoDbHttp(endpoint)
    try:
        known = await _table_names(client)
        wanted = list(definitions)
        created = [await _create(client, table) for table in wanted if table["TableName"] not in known]
        checked = [await _check(client, table) for table in wanted if table["TableName"] in known]
    except (TableCallError, OSError, TimeoutError) as error:
        raise EnvironmentProblem(Problem("tables-failed", f"the tables could not be made ready: {error}")) from error
    indexed = tuple(name for names, _ in checked for name in names)
    return TableChanges(tuple(created), indexed, tuple(problem for _, problems in checked for problem in problems))


async def _table_names(client: DynamoDbHttp) -> set[str]:
    names: set[str] = set()
    page: dict[str, Any] = {}
    while True:
        answer = await client.call("ListTables", page)
        names.update(answer["TableNames"])
        last = answer.get("LastEvaluatedTableName")
        if not last:
            return names
        page = {"ExclusiveStartTableName": last}


async def _create(client: DynamoDbHttp, definition: Definition) -> str:
    name: str = definition["TableName"]
    await client.call("CreateTable", dict(definition))
    await _until_active(client, name)
    return name


async def _check(client: DynamoDbHttp, definition: Definition) -> tuple[list[str], list[Problem]]:
    """`table/index` of indexes added, and problems: the table's own keys, or an index's, differ from what is asked for."""
    table = (await client.call("DescribeTable", {"TableName": definition["TableName"]}))["Table"]
    if table["KeySchema"] != definition["KeySchema"]:
        return [], [_keyed_otherwise(definition, table["KeySchema"])]
    return await _add_indexes(client, definition, table)


async def _add_indexes(client: DynamoDbHttp, definition: Definition, table: Mapping[str, Any]) -> tuple[list[str], list[Problem]]:
    name: str = definition["TableName"]
    known = {index["IndexName"]: index["KeySchema"] for index in table.get("GlobalSecondaryIndexes", ())}
    added, problems = [], []
    for index in definition.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] not in known:
            await _add_index(client, definition, index)
            added.append(f"{name}/{index['IndexName']}")
        elif known[index["IndexName"]] != index["KeySchema"]:
            problems.append(_differs(name, index, known[index["IndexName"]]))
    return added, problems


async def _add_index(client: DynamoDbHttp, definition: Definition, index: Definition) -> None:
    """One UpdateTable adds one index (DynamoDB's rule), and may name only the attributes that some key uses."""
    keys = {key["AttributeName"] for key in (*definition["KeySchema"], *index["KeySchema"])}
    attributes = [attribute for attribute in definition["AttributeDefinitions"] if attribute["AttributeName"] in keys]
    update = {"TableName": definition["TableName"], "AttributeDefinitions": attributes, "GlobalSecondaryIndexUpdates": [{"Create": dict(index)}]}
    await client.call("UpdateTable", update)
    await _until_active(client, definition["TableName"])


async def _until_active(client: DynamoDbHttp, name: str) -> None:
    deadline = time.monotonic() + ACTIVE_S
    while not _is_active((await client.call("DescribeTable", {"TableName": name}))["Table"]):
        if time.monotonic() > deadline:
            raise TimeoutError(f"table {name} was not active after {ACTIVE_S:g} s")
        await asyncio.sleep(POLL_S)


def _is_active(table: Mapping[str, Any]) -> bool:
    indexes = table.get("GlobalSecondaryIndexes", ())
    return table["TableStatus"] == "ACTIVE" and all(index.get("IndexStatus", "ACTIVE") == "ACTIVE" for index in indexes)


def _keyed_otherwise(definition: Definition, found: Iterable[Mapping[str, str]]) -> Problem:
    """A table's keys can never be changed: neither here nor in DynamoDB."""
    return Problem(
        "table-differs",
        f"table {definition['TableName']} has other keys than its model now asks for; its items are kept as they are, and calls for the model fail",
        found=_keys(found),
        expected=_keys(definition["KeySchema"]),
        help="take the model's change back, give it a new name, or remove the property's .deep/data folder to begin with empty tables",
    )


def _differs(table: str, index: Definition, found: Iterable[Mapping[str, str]]) -> Problem:
    return Problem(
        "index-differs",
        f"index {index['IndexName']} of table {table} has other keys than the model now asks for",
        found=_keys(found),
        expected=_keys(index["KeySchema"]),
        help="give the index a new name, or remove the property's .deep/data folder to begin with empty tables",
    )


def _keys(schema: Iterable[Mapping[str, str]]) -> str:
    return " + ".join(key["AttributeName"] for key in schema)
