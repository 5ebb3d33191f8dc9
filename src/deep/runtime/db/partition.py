"""Which items of a table are within reach: all of them, or those of one owner.

The items of an *own* model are keyed by `Owner` (the caller's Cognito identity) and `Id`. The owner is put into every key and every query here and
taken from nowhere else, so no Id, cursor or condition of a caller leads into somebody else's items. When deployed, and on the local platform, IAM
says the same again (`dynamodb:LeadingKeys` of the function's data role).
"""

from __future__ import annotations

from deep.runtime.db.values import to_attributes
from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

OWNER = "Owner"


class Partition:
    """The items a table's client works on. `owner` None means all items of a table that is keyed by `Id` alone."""

    __slots__ = ("owner",)

    def __init__(self, owner: str | None = None) -> None:
        self.owner = owner

    def key(self, identifier: str) -> dict[str, Any]:
        """The key of an item, in wire form."""
        return {"Id": {"S": identifier}} if self.owner is None else {OWNER: {"S": self.owner}, "Id": {"S": identifier}}

    def stored(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """A whole item in wire form, with its owner."""
        return to_attributes(dict(item) if self.owner is None else {**item, OWNER: self.owner})

    def without_owner(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Fields that a caller gave, without what the framework alone sets."""
        return dict(data) if self.owner is None else {field: value for field, value in data.items() if field != OWNER}

    def refuse_owner(self, fields: Iterable[object]) -> None:
        """Conditions on the owner would ask what the caller knows already, or what it must not. Raises InvalidArgumentError."""
        if self.owner is not None and OWNER in fields:
            raise InvalidArgumentError(f"{OWNER}: items of this model are always searched among the caller's own")


EVERYBODY = Partition()
