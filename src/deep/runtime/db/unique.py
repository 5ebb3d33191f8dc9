"""Uniqueness on fields, kept by DynamoDB's transactions.

DynamoDB knows unique keys only, so a unique combination of fields is a second item, the *marker*, in the same table: its key is made of the fields'
values, and it is written, moved and deleted in one transaction with its item. In own models it lies with its item's owner, so that combinations are
unique among the items of one owner. The item remembers its fields in `_deepUnique`; every other write is conditional on that attribute's absence, so
that none can change such an item behind its marker's back.
"""

from __future__ import annotations

from hashlib import sha256

from deep.runtime import jsontext
from deep.runtime.db.values import to_attribute
from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

ATTRIBUTE = "_deepUnique"
HOLDER = "_deepOwner"
"""In a marker: the Id of the item that holds the combination."""
MARKER_PREFIX = "deep:unique:"


def is_marker(identifier: str) -> bool:
    """Whether an `Id` belongs to a marker, which nobody outside sees or touches."""
    return identifier.startswith(MARKER_PREFIX)


def is_item_id(identifier: object) -> bool:
    """Whether a caller's `Id` can be an item's: text, not empty, not a marker's."""
    return isinstance(identifier, str) and identifier != "" and not is_marker(identifier)


def marker_id(fields: Sequence[str], item: Mapping[str, Any]) -> str:
    """The marker's key for the values `item` has. Raises InvalidArgumentError when one of `fields` has none."""
    missing = [field for field in fields if item.get(field) is None]
    if missing or not fields:
        raise InvalidArgumentError(f"{', '.join(missing) or 'a field'} must have a value to be unique")
    values = jsontext.dumps([[field, to_attribute(item[field])] for field in sorted(fields)])
    return MARKER_PREFIX + sha256(values.encode("utf-8", "surrogatepass")).hexdigest()
