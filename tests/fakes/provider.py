"""An OpenID Connect provider: publishes keys, signs tokens, can change its keys and be away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deep.local.identity.fetching import NotFetched

CLIENT = "the-apps-client-id"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A key for each name, made once a run."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


class Provider:
    """`fetch` answers as the web does; `asked` counts how often keys were fetched."""

    def __init__(self, domain: str = "accounts.example.com", clock: Callable[[], float] = time.time) -> None:
        self.domain = domain
        self.issuer = f"https://{domain}"
        self.keys = {"key-1": rsa_key("key-1")}
        self.is_away = False
        self.asked = 0
        self.clock = clock
        self.more_keys: list[dict[str, Any]] = []

    def fetch(self, url: str) -> bytes:
        if self.is_away:
            raise NotFetched("connection refused")
        if url == f"https://{self.domain}/.well-known/openid-configuration":
            return json.dumps({"issuer": self.issuer, "jwks_uri": f"https://{self.domain}/keys"}).encode()
        if url == f"https://{self.domain}/keys":
            self.asked += 1
            return json.dumps({"keys": [*self.more_keys, *(published(kid, key) for kid, key in self.keys.items())]}).encode()
        raise NotFetched(f"nothing at {url}")

    def claims(self, **claims: Any) -> dict[str, Any]:
        """What a good token says; a claim set to None is left out."""
        now = int(self.clock())
        told = {"iss": self.issuer, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 3600} | claims
        return {name: value for name, value in told.items() if value is not None}

    def token(self, **claims: Any) -> str:
        kid, key = next(iter(self.keys.items()))
        return signed(self.claims(**claims), key, kid)


def signed(claims: dict[str, Any], key: rsa.RSAPrivateKey, kid: str | None, **headers: Any) -> str:
    return jwt.encode(claims, key, algorithm="RS256", headers={**({"kid": kid} if kid else {}), **headers})


def published(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": "RS256"}


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    """A token that claims to need no signature."""
    return f"{_part({'alg': 'none', 'typ': 'JWT', **header})}.{_part(claims)}."


def signed_with_public_key(claims: dict[str, Any], key: rsa.RSAPublicKey, kid: str) -> str:
    """The public key, taken for a shared secret."""
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{_part(claims)}"
    secret = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"{text}.{_encoded(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
