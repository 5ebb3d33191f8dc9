"""AWS Signature Version 4: how requests are signed, and so how they are verified. Source: AWS General Reference, "Create a signed AWS API request".

Functions sign with it (`runtime`), the local platform verifies with it (`local/identity/signature.py`): one canonical form for both. Checked in tests
against botocore, which is the oracle. Canonical requests are plain text made by `canonical_request`; a client that sends the same
headers again and again may keep that text and replace the date and the body's hash.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DROP_UNRESERVED = dict.fromkeys(_UNRESERVED)


class Credentials:
    """An access key; `session_token` is set for a role's temporary credentials, as every deployed function has."""

    __slots__ = ("access_key", "secret_key", "session_token")

    def __init__(self, access_key: str, secret_key: str, session_token: str | None = None) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.session_token = session_token


def percent_encode(text: str, keep: str = "") -> str:
    """Every byte but RFC 3986's unreserved ones, and those in `keep`, as %XX."""
    rest = text.translate(_DROP_UNRESERVED)
    if not rest.strip(keep):
        return text
    safe = _UNRESERVED.union(keep.encode())
    return "".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in text.encode())


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Query parameters encoded, then sorted by name and value."""
    return "&".join(f"{name}={value}" for name, value in sorted((percent_encode(name), percent_encode(value)) for name, value in pairs))


def signed_header_names(headers: Mapping[str, str]) -> str:
    """The list that goes into the `Authorization` header: lower-case names, sorted, joined by semicolons."""
    return ";".join(sorted(name.lower() for name in headers))


def canonical_request(method: str, path: str, query: str, headers: Mapping[str, str], body_hash: str) -> str:
    """The text whose hash is signed. `path` is as sent (already encoded), `query` as `canonical_query` made it; all `headers` are signed."""
    lines = sorted([(name.lower(), " ".join(value.split())) for name, value in headers.items()])
    header_text = "".join([f"{name}:{value}\n" for name, value in lines])
    names = ";".join([name for name, _ in lines])
    return f"{method}\n{percent_encode(path, '/')}\n{query}\n{header_text}\n{names}\n{body_hash}"


def signing_key(secret_key: str, scope: str) -> hmac.HMAC:
    """The key that signs within `scope` (`day/region/service/aws4_request`), as an HMAC to be copied. Four digests make it: keep it for the day."""
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")


def signature(key: hmac.HMAC, date: str, scope: str, canonical: str) -> str:
    """The signature itself, 64 hex digits. `key` is the scope's `signing_key`, `date` the `X-Amz-Date` sent."""
    mac = key.copy()
    mac.update(f"{ALGORITHM}\n{date}\n{scope}\n{sha256(canonical.encode()).hexdigest()}".encode())
    return mac.hexdigest()


class Signer:
    """Signs for one service in one region; derives its key once a day."""

    __slots__ = ("_credentials", "_scope_tail", "_today")

    def __init__(self, credentials: Credentials, region: str, service: str) -> None:
        self._credentials = credentials
        self._scope_tail = f"{region}/{service}/aws4_request"
        # A day's scope and its key, replaced as one: threads on both sides of midnight must not mix them.
        self._today: tuple[str, hmac.HMAC] | None = None

    def authorization(self, date: str, canonical: str, signed_headers: str) -> str:
        """The `Authorization` header's value. `date` is the `X-Amz-Date` sent (`stamps.amz_date`), which `canonical` holds too."""
        today = self._today
        if today is None or not today[0].startswith(date[:8]):
            today = self._today = self._begin(date[:8])
        scope, key = today
        proof = signature(key, date, scope, canonical)
        return f"{ALGORITHM} Credential={self._credentials.access_key}/{scope}, SignedHeaders={signed_headers}, Signature={proof}"

    def _begin(self, day: str) -> tuple[str, hmac.HMAC]:
        scope = f"{day}/{self._scope_tail}"
        return scope, signing_key(self._credentials.secret_key, scope)
