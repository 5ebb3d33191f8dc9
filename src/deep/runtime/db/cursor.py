"""Where a page of a table ended, as an opaque text that callers hand back to go on.

It holds the key of the last item seen and nothing else, and is read back strictly, so a forged one can only move a caller to another place of the
same listing.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write_cursor(key: dict[str, Any] | None) -> str | None:
    """DynamoDB's `LastEvaluatedKey` of a table -> cursor; None at the end."""
    if not key:
        return None
    return b2a_base64(key["Id"]["S"].encode(), newline=False).decode().replace("+", "-").replace("/", "_").rstrip("=")


def read_cursor(cursor: str) -> dict[str, Any]:
    """Cursor -> `ExclusiveStartKey`. Raises InvalidArgumentError for what `write_cursor` did not make."""
    try:
        text = cursor.replace("-", "+").replace("_", "/")
        identifier = a2b_base64((text + "=" * (-len(text) % 4)).encode(), strict_mode=True).decode()
    except (AttributeError, Base64Error, UnicodeError):
        identifier = ""
    if not identifier:
        raise InvalidArgumentError("the start key is not one that a page ended with")
    return {"Id": {"S": identifier}}
