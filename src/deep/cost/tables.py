"""What a method of a model's table asks of DynamoDB: the calls that `deep.runtime.db` makes for each verb, as events to count."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deep.cost.events import TableCall
from deep.frozen import dataclass
from deep.model import App, Model, Verb

MARKER_BYTES = 200
"""An item that stands for a unique combination of fields: two keys and two attributes of fixed length."""


@dataclass(frozen=True, slots=True)
class Table:
    """A model's table as it is foreseen: the size of an item, how many a list or a search reads, how many indexes each write keeps up."""

    item_bytes: int
    listed_items: int
    indexes: int = 0
    is_own: bool = False
    is_unique: bool = False


def table_of(app: App, model: Model, item_bytes: int, listed_items: int) -> Table:
    """The table of a model; `is_unique` when any action creates items that are unique on fields, for then every change moves markers."""
    is_unique = any("unique" in uses.models.get(model.name, ()) for uses in app.uses.values())
    return Table(item_bytes, listed_items, len(model.indexes), model.own, is_unique)


def table_calls(verb: Verb, table: Table) -> tuple[TableCall, ...]:
    """The calls of one use of `verb`, when nobody else writes the same item at the same time."""
    return _CALLS[verb](table)


def _create(table: Table) -> tuple[TableCall, ...]:
    return (_write("PutItem", table),)


def _unique(table: Table) -> tuple[TableCall, ...]:
    return (_write("PutItem", table, is_transactional=True), _marker("PutItem"))


def _get(table: Table) -> tuple[TableCall, ...]:
    return (TableCall("GetItem", table.item_bytes, is_consistent=True),)


def _list(table: Table) -> tuple[TableCall, ...]:
    return (TableCall("Query" if table.is_own else "Scan", table.item_bytes * table.listed_items),)


def _find(table: Table) -> tuple[TableCall, ...]:
    return (TableCall("Query", table.item_bytes * table.listed_items),)


def _update(table: Table) -> tuple[TableCall, ...]:
    """Of a unique item the plain update is refused first; the item is read before and after the transaction. Its marker stays."""
    if not table.is_unique:
        return (_write("UpdateItem", table),)
    return (TableCall("UpdateItem", table.item_bytes), *_get(table), _write("UpdateItem", table, is_transactional=True), *_get(table))


def _delete(table: Table) -> tuple[TableCall, ...]:
    if not table.is_unique:
        return (_write("DeleteItem", table),)
    return (TableCall("DeleteItem", table.item_bytes), *_get(table), _write("DeleteItem", table, is_transactional=True), _marker("DeleteItem"))


def _write(operation: str, table: Table, *, is_transactional: bool = False) -> TableCall:
    """Indexes hold all attributes, so each is written as much as the table."""
    return TableCall(operation, table.item_bytes, is_transactional=is_transactional, index_bytes=(table.item_bytes,) * table.indexes)


def _marker(operation: str) -> TableCall:
    return TableCall(operation, MARKER_BYTES, is_transactional=True)


_CALLS: Mapping[Verb, Callable[[Table], tuple[TableCall, ...]]] = {
    "create": _create,
    "unique": _unique,
    "get": _get,
    "list": _list,
    "find": _find,
    "update": _update,
    "delete": _delete,
}
