"""Brings the engine's tables to what an app's models ask for. Rows are never deleted, and a table that no model asks for any more is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deep.bundle.table_changes import TableStep, shape_of, table_steps
from deep.bundle.table_rows import collision
from deep.errors import EnvironmentProblem, Problem
from deep.frozen import dataclass
from deep.local.engines.dynamodb_http import TableCallError
from deep.local.engines.moving import KeyTaken, move, take_back_moves
from deep.local.engines.table_calls import Caller, TableCalls
from deep.names import other_table

Definition = Mapping[str, Any]
"""A table as DynamoDB's CreateTable takes it."""


Done = tuple[str, str, str]
"""What was done, the table, and the index or nothing."""

_WORDS = {
    "move": "every row was moved to table {table}, which has other keys; rows of no owner are kept where nobody sees them",
    "add-index": "index {index} was added to table {table}",
    "drop-index": "index {index} was dropped from table {table}",
}


@dataclass(frozen=True, slots=True)
class TableChanges:
    """All that was done, and what could not be brought in line without losing rows."""

    done: tuple[Done, ...]
    problems: tuple[Problem, ...]

    def lines(self) -> Iterator[str]:
        """What was done to tables that were there, in words."""
        yield from (_WORDS[doing].format(table=table, index=index) for doing, table, index in self.done if doing in _WORDS)


async def reconcile_tables(caller: Caller, definitions: Iterable[Definition]) -> TableChanges:
    """Brings the engine's tables in line with the definitions. Doing it twice changes nothing; killed anywhere, it is simply done again.

    Nobody may write to the tables meanwhile. Raises EnvironmentProblem when the engine fails.
    """
    calls, done, problems = TableCalls(caller), [], []
    try:
        await take_back_moves(calls, await calls.names())
        known = await calls.names()
        for definition in definitions:
            try:
                done += await _moved(calls, definition, known)
                done += await _reconcile(calls, definition, is_there=definition["TableName"] in known)
            except KeyTaken as taken:
                problems.append(collision(other_table(definition["TableName"]), taken.key))
    except (TableCallError, OSError, TimeoutError, RuntimeError) as error:
        raise EnvironmentProblem(Problem("tables-failed", f"the tables could not be made ready: {error}")) from error
    return TableChanges(tuple(done), tuple(problems))


async def _moved(calls: TableCalls, definition: Definition, known: set[str]) -> list[Done]:
    """Fetches rows from the table that the model had while it was keyed otherwise. `known` are all tables, and are so afterwards too."""
    name: str = definition["TableName"]
    if name in known or other_table(name) not in known:
        return []
    await move(calls, other_table(name), shape_of(definition).keys)
    known ^= {name, other_table(name)}
    return [("move", name, "")]


async def _reconcile(calls: TableCalls, definition: Definition, *, is_there: bool) -> list[Done]:
    name: str = definition["TableName"]
    standing = shape_of(await calls.describe(name)) if is_there else None
    steps = list(table_steps(standing, shape_of(definition)))
    for step in steps:
        await _carry_out(calls, name, step)
    return [(step.doing, name, step.index) for step in steps]


async def _carry_out(calls: TableCalls, table: str, step: TableStep) -> None:
    match step.doing:
        case "create":
            await calls.create(table, step.shape)
        case "add-index" | "drop-index":
            await calls.change_index(table, step)
