"""What a handler is asked."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64

from deep.runtime import jsontext
from deep.runtime.context import http_part
from deep.runtime.exceptions import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_BODILESS = frozenset(("GET", "HEAD", "DELETE", "OPTIONS"))


class Request:
    """A call: its data, and where it came over HTTP its method, path and headers.

    `data` may be read only: it cannot be replaced, and what is taken from it cannot change it for others, because every reader gets a copy.
    """

    __slots__ = ("_data", "context", "event", "headers", "method", "path")

    def __init__(self, event: Any, data: Any, context: Any = None) -> None:
        http = http_part(event)
        self._data = data
        self.event = event
        self.context = context
        self.method: str | None = http.get("method") if http else None
        self.path: str | None = http.get("path") if http else None
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in (event.get("headers") or {}).items()} if http else {}

    @property
    def data(self) -> Any:
        """Query parameters of GET and DELETE, the JSON body of other methods, the event of a direct call; a fresh copy each time."""
        return _copy(self._data)

    @property
    def identity_id(self) -> str | None:
        """The caller's identity; None when the call carries none."""
        return self.context.identity_id if self.context else None

    @property
    def is_http(self) -> bool:
        return self.method is not None

    def get_param(self, name: str, default: Any = None) -> Any:
        """A member of the data, or `default` where it has none."""
        return _copy(self._data[name]) if isinstance(self._data, dict) and name in self._data else default

    def with_data(self, data: Any) -> Request:
        """The same call with the data that validation left."""
        return Request(self.event, data, self.context)


def data_of(event: Any) -> Any:
    """The data a call carries. Raises InvalidArgumentError for a body that is not JSON; an empty body is an empty object."""
    http = http_part(event)
    if http is None:
        return event
    if http.get("method") in _BODILESS:
        return dict(event.get("queryStringParameters") or {})
    body = event.get("body")
    if not body:
        return {}
    try:
        return jsontext.loads(a2b_base64(body) if event.get("isBase64Encoded") else body)
    except (ValueError, Base64Error) as error:
        raise InvalidArgumentError(f"the body is not JSON: {error}") from None


def carries_text_only(event: Any) -> bool:
    """Whether numbers and booleans come as text, as in a query string, and need converting."""
    http = http_part(event)
    return http is not None and http.get("method") in _BODILESS


def _copy(value: Any) -> Any:
    """A deep copy of JSON-like data (`copy.deepcopy` is an import and ten times slower)."""
    if isinstance(value, dict):
        return {key: _copy(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_copy(child) for child in value]
    return value
