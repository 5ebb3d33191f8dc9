"""A caller with an identity of its own, whose requests are signed as the browser library signs them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import field
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any

from deep.frozen import dataclass
from deep.local.identity.vault import Credentials
from deep.model import Action, App
from deep.wire.sigv4 import Credentials as Keys
from deep.wire.sigv4 import Signer, canonical_query, canonical_request, signed_header_names

_BODILESS = ("GET", "DELETE", "HEAD", "OPTIONS")
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the JSON (or the text of other bodies), the headers by lower-case name."""

    status: int
    data: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Client:
    """Calls the actions of one running app. `identity_id` is the Cognito identity that functions see, `role` the one it acts in."""

    app: App
    port: int
    identity_id: str
    role: str
    credentials: Credentials = field(repr=False)

    def call(self, identifier: str, payload: Any = None, method: str | None = None) -> Answer:
        """Calls `deep.todo:task:create` with a payload, by the action's first method unless told. Raises DeepError for an unknown action."""
        action = self.app.action(identifier)
        return self.request(method or action.methods[0], action.path, payload)

    def request(self, method: str, path: str, payload: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One signed request; the payload travels as the query of a GET or DELETE, else as JSON."""
        query, body = "", b""
        if method in _BODILESS:
            query = canonical_query((name, _text(value)) for name, value in (payload or {}).items())
        else:
            body = json.dumps({} if payload is None else payload).encode()
        sent = {"content-type": "application/json", **(headers or {}), **self._signature(method, path, query, body)}
        return _exchange(self.port, method, f"{path}?{query}" if query else path, body, sent)

    def may_call(self, action: Action | str) -> bool:
        """Whether the gateway lets this client call the action; the function is not asked to do anything sensible."""
        identifier = action if isinstance(action, str) else action.identifier
        return self.call(identifier).status != 403

    def _signature(self, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        given = self.credentials
        headers = {"Host": f"localhost:{self.port}", "X-Amz-Date": date, "X-Amz-Security-Token": given.session_token}
        canonical = canonical_request(method, path, query, headers, sha256(body).hexdigest())
        signer = Signer(Keys(given.access_key, given.secret_key, given.session_token), self.app.property.region, "execute-api")
        return headers | {"Authorization": signer.authorization(date, canonical, signed_header_names(headers))}


def _exchange(port: int, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request(method, target, body or None, dict(headers))
        answer = connection.getresponse()
        raw = answer.read()
    finally:
        connection.close()
    told = {name.lower(): value for name, value in answer.getheaders()}
    is_json = "json" in told.get("content-type", "")
    return Answer(answer.status, json.loads(raw) if is_json and raw else raw.decode(errors="replace"), told)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
