"""What becomes of a row when its model becomes `own`, or is no longer: nothing in it is lost, and going back restores it as it was.

A shared model's row keeps the owner that it had in a hidden attribute, since a shared model may have a field `Owner` of its own; and the other way
round. Nobody's value is ever taken for an owner: what makes one is having been written by an identity. Rows are in DynamoDB's wire form.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from json import dumps
from typing import Any

from deep.bundle.table_changes import Key
from deep.bundle.tables import OWNER
from deep.errors import Problem
from deep.frozen import dataclass

Row = Mapping[str, Any]
NOBODY = "nobody"
"""The owner of rows that were shared: no identity is called so, so none sees them."""
_NOBODY = {"S": NOBODY}
FORMER_OWNER = "_deepFormerOwner"
OWNER_FIELD = "_deepOwnerField"
"""What a shared model's own field `Owner` held."""
OLDEST_S = 5 * 365 * 86_400
"""What ended earlier is taken for a mistake, and not deleted (Amazon DynamoDB Developer Guide, "Using time to live (TTL)")."""
_SETS = ("SS", "NS", "BS")


def moved(row: Row, former: tuple[Key, ...], keys: tuple[Key, ...]) -> dict[str, Any]:
    """The row of a table with the `former` keys as one with these keys holds it."""
    if former == keys:
        return dict(row)
    own = any(key.field == OWNER for key in keys)
    came, kept = (OWNER_FIELD, FORMER_OWNER) if own else (FORMER_OWNER, OWNER_FIELD)
    changed = {name: value for name, value in row.items() if name not in (OWNER, kept)}
    if OWNER in row and (own or row[OWNER] != _NOBODY):
        changed[came] = row[OWNER]
    if kept in row or own:
        changed[OWNER] = row.get(kept, _NOBODY)
    return changed


def digest(row: Row) -> bytes:
    """Tells a row from every other; members of a set have no order. Bytes may be told as such, or in base64."""
    return sha256(dumps(_ordered(row), sort_keys=True, default=_text).encode()).digest()


@dataclass(slots=True)
class Tally:
    """How many rows there are, and the sum of their digests: the same for the same rows, in whatever order they are read."""

    rows: int = 0
    total: int = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(digest(row))) % (1 << 256)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Tally:
        made = cls()
        for row in rows:
            made.add(row)
        return made

    @classmethod
    def sum(cls, tallies: Sequence[Tally]) -> Tally:
        """Of rows that were counted in parts."""
        return cls(sum(one.rows for one in tallies), sum(one.total for one in tallies) % (1 << 256))


def row_key(row: Row, keys: Iterable[Key]) -> tuple[str, ...]:
    """What a table with these keys knows the row by."""
    return tuple(str(row[key.field][key.type]) for key in keys)


def collision(table: str, key: tuple[str, ...]) -> Problem:
    """Rows of two owners may have one `Id`, which a shared model's may not."""
    told = " ".join(key)
    message = f"rows of {table} cannot be given the keys that its model now asks for: more than one would be {told}; all are kept as they are"
    return Problem("rows-collide", message, help="take the model's change back, or delete or rename all but one of these rows first")


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: sorted(one) if name in _SETS and isinstance(one, list) else _ordered(one) for name, one in value.items()}
    return [_ordered(one) for one in value] if isinstance(value, list) else value


def _text(value: bytes) -> str:
    return b64encode(value).decode()
