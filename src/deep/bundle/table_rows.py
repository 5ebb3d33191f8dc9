"""What becomes of a row when its model becomes `own`, or is no longer: nothing in it is lost, and going back restores it as it was.

A shared model's row keeps the owner that it had in a hidden attribute, since a shared model may have a field `Owner` of its own; and the other way
round. Nobody's value is ever taken for an owner: what makes one is having been written by an identity. Rows are in DynamoDB's wire form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from deep.bundle.table_changes import Key
from deep.bundle.tables import OWNER

Row = Mapping[str, Any]
NOBODY = "nobody"
"""The owner of rows that were shared: no identity is called so, so none sees them."""
_NOBODY = {"S": NOBODY}
FORMER_OWNER = "_deepFormerOwner"
OWNER_FIELD = "_deepOwnerField"
"""What a shared model's own field `Owner` held."""
_SETS = ("SS", "NS", "BS")


def moved(row: Row, keys: Iterable[Key]) -> dict[str, Any]:
    """The row as a table with these keys holds it."""
    own = any(key.field == OWNER for key in keys)
    came, kept = (OWNER_FIELD, FORMER_OWNER) if own else (FORMER_OWNER, OWNER_FIELD)
    changed = {name: value for name, value in row.items() if name not in (OWNER, kept)}
    if OWNER in row and (own or row[OWNER] != _NOBODY):
        changed[came] = row[OWNER]
    if kept in row or own:
        changed[OWNER] = row.get(kept, _NOBODY)
    return changed


def digest(row: Row) -> bytes:
    """Tells a row from every other; members of a set have no order."""
    plain = {name: {kind: sorted(value) if kind in _SETS else value for kind, value in attribute.items()} for name, attribute in row.items()}
    return sha256(dumps(plain, sort_keys=True).encode()).digest()


def row_key(row: Row, keys: Iterable[Key]) -> tuple[str, ...]:
    """What a table with these keys knows the row by."""
    return tuple(str(row[key.field][key.type]) for key in keys)
