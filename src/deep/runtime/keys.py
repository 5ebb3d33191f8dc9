"""API keys: actions that require one (`api.keyRequired`) answer nobody without it.

The function itself checks, before the author's code, because an HTTP API knows no keys: so the check is the same locally and deployed. It knows
digests alone (SHA-256 of 256 random bits: nothing to guess, hence no slow hash), and compares without telling by its time how much was right.
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from deep.runtime.context import http_part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Handler = Callable[[Any, Any], Any]

HEADER = "x-api-key"
PREFIX = "sha256-"
FORBIDDEN = {"statusCode": 403, "headers": {"content-type": "application/json"}, "body": '{"message":"Forbidden"}'}
"""API Gateway's own words."""


def guarded(handler: Handler, digests: Iterable[str]) -> Handler:
    """`handler` for HTTP events that carry a key of these digests; others get `FORBIDDEN`. Calls from inside the app, without HTTP, need none."""
    known = tuple(digests)

    def check(event: Any, context: Any = None) -> Any:
        if http_part(event) is not None and not opens(_key(event), known):
            return FORBIDDEN
        return handler(event, context)

    return check


def opens(key: str, digests: Iterable[str]) -> bool:
    """Whether `key` is one of those that were digested. Every digest is compared, whichever fits."""
    offered = f"{PREFIX}{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
    found = False
    for digest in digests:
        found |= compare_digest(offered, digest)
    return found


def _key(event: Any) -> str:
    headers = event.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if name.lower() == HEADER:
            return value if isinstance(value, str) else ""
    return ""
