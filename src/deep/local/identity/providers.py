"""Other providers the app trusts to say who somebody is: OpenID Connect, by discovery and published keys.

An app declares them in its root's globals, `security|identityProviders`: client ids by domain (deep-2016 3.4). Nothing is fetched from anywhere else,
and over plain HTTP from this machine alone.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from deep.frozen import dataclass
from deep.local.identity.fetching import NotFetched, fetch, is_safe
from deep.local.identity.web_tokens import ALGORITHM, Expected, TokenRefused, key_id, verified_claims

KEPT_S = 3600.0
ASKED_AGAIN_AFTER_S = 10.0
"""How soon unknown keys make us ask a provider again; a provider that rotates its keys publishes them long before."""
_MOST_KEYS = 100
_SMALLEST_KEY_BITS = 2048


@dataclass(slots=True)
class _Published:
    """What a provider publishes of itself, and when it was asked, in Unix seconds."""

    issuer: str = ""
    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict)
    fetched: float = float("-inf")
    asked: float = float("-inf")


class ProviderKeys:
    """The keys of providers, remembered for an hour; while a provider cannot be reached, those it had go on counting."""

    def __init__(self, clock: Callable[[], float] = time.time, fetched: Callable[[str], bytes] = fetch) -> None:
        self.clock = clock
        self._fetch = fetched
        self._published: dict[str, _Published] = {}
        self._lock = threading.Lock()

    def of(self, domain: str, kid: str) -> _Published:
        """What `domain` publishes, asked anew when it was long ago or the key `kid` is not among it. Only call it for domains the app declares."""
        with self._lock:
            known = self._published.setdefault(domain, _Published())
            now = self.clock()
            is_stale = now >= known.fetched + KEPT_S or kid not in known.keys
            if is_stale and now >= known.asked + ASKED_AGAIN_AFTER_S:
                known.asked = now
                self._ask(domain, known)
            return known

    def _ask(self, domain: str, known: _Published) -> None:
        try:
            scheme = "http" if is_safe(f"http://{domain}") else "https"
            described = _object(self._fetch(f"{scheme}://{domain}/.well-known/openid-configuration"))
            issuer, address = described.get("issuer"), described.get("jwks_uri")
            if not isinstance(issuer, str) or not isinstance(address, str) or _bare(issuer) != domain:
                raise NotFetched("it describes another issuer")
            keys = _keys(_object(self._fetch(address)))
        except NotFetched:
            return  # what was known goes on counting; without any, the token's key is unknown
        known.issuer, known.keys, known.fetched = issuer, keys, self.clock()


class Providers:
    """The providers one app trusts: client ids by domain."""

    def __init__(self, trusted: Mapping[str, str], keys: ProviderKeys) -> None:
        self.trusted = trusted
        self._keys = keys

    def subject(self, domain: str, token: str) -> str:
        """Who, by the provider's `sub`, bears an id token of a provider the app trusts. Raises TokenRefused."""
        client_id = self.trusted.get(domain)
        if client_id is None:
            raise TokenRefused(f"Invalid login: this app does not trust {domain[:100]}")
        published = self._keys.of(domain, key_id(token))
        if not published.keys:
            raise TokenRefused(f"Invalid login: {domain} publishes no keys as OpenID Connect has it, or cannot be reached")
        expected = Expected((published.issuer, _bare(published.issuer)), client_id)
        return str(verified_claims(token, published.keys, expected, self._keys.clock())["sub"])


def _bare(issuer: str) -> str:
    """`https://example.auth0.com/` -> `example.auth0.com`, as a login's name has it."""
    return issuer.partition("://")[2].rstrip("/") if "://" in issuer else issuer


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotFetched("the answer is no JSON object")
    return found


def _keys(published: Mapping[str, Any]) -> dict[str, RSAPublicKey]:
    """The RSA keys for signatures by their ids; others are passed over."""
    listed = published.get("keys")
    keys: dict[str, RSAPublicKey] = {}
    for described in listed[:_MOST_KEYS] if isinstance(listed, list) else ():
        if not isinstance(described, dict) or described.get("use", "sig") != "sig" or described.get("alg", ALGORITHM) != ALGORITHM:
            continue
        try:
            key = jwt.PyJWK(described, ALGORITHM).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_KEY_BITS and isinstance(described.get("kid"), str):
            keys[described["kid"]] = key
    return keys
