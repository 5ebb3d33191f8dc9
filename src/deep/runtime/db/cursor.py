"""Where a page of a table ended, as an opaque text that callers hand back to go on.

It holds the Id of the last item seen and, for own models, a mark of the owner whose listing it is. It is read back strictly and never says in which
partition to go on, so a forged one can only move a caller to another place of the same listing.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from hashlib import sha256

from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write_cursor(key: dict[str, Any] | None, owner: str | None = None) -> str | None:
    """DynamoDB's `LastEvaluatedKey` of a table -> cursor; None at the end."""
    if not key:
        return None
    return b2a_base64((_mark(owner) + key["Id"]["S"]).encode(), newline=False).decode().replace("+", "-").replace("/", "_").rstrip("=")


def read_cursor(cursor: str, owner: str | None = None) -> str:
    """Cursor -> the `Id` to go on after. Raises InvalidArgumentError for what `write_cursor` did not make for this owner."""
    try:
        text = cursor.replace("-", "+").replace("_", "/")
        told = a2b_base64((text + "=" * (-len(text) % 4)).encode(), strict_mode=True).decode()
    except (AttributeError, Base64Error, UnicodeError):
        told = ""
    mark = _mark(owner)
    if not told.startswith(mark) or told == mark:
        raise InvalidArgumentError("the start key is not one that a page ended with")
    return told.removeprefix(mark)


def _mark(owner: str | None) -> str:
    """Tells listings of different owners apart, without telling who they are."""
    return "" if owner is None else f"{sha256(owner.encode()).hexdigest()[:12]}."
