"""The key that signs a pool's tokens: made once, kept under `.deep/`, its public half published as a JWKS (RFC 7517)."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deep.local.identity.vault import write_private
from deep.local.identity.web_tokens import ALGORITHM

_BITS = 2048


class TokenKey:
    """An RSA key in a file. It is read, or made, when it is first needed, since making one takes a moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._private: rsa.RSAPrivateKey | None = None
        self._id = ""

    @property
    def public(self) -> dict[str, rsa.RSAPublicKey]:
        """The public key by its id."""
        key = self._key()
        return {self._id: key.public_key()}

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        key = self._key()
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": self._id, "typ": None})

    def published(self) -> dict[str, Any]:
        """`{"keys": [...]}`, as clients fetch it."""
        numbers = self._key().public_key().public_numbers()
        key = {"alg": ALGORITHM, "e": _written(numbers.e), "kid": self._id, "kty": "RSA", "n": _written(numbers.n), "use": "sig"}
        return {"keys": [key]}

    def _key(self) -> rsa.RSAPrivateKey:
        with self._lock:
            if self._private is None:
                self._private = self._read() or self._make()
                public = self._private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
                self._id = urlsafe_b64encode(sha256(public).digest()).decode().rstrip("=")
            return self._private

    def _read(self) -> rsa.RSAPrivateKey | None:
        """The key in the file; None when there is none, or it is damaged: then sign-ins of before are over, and nothing worse."""
        try:
            found = serialization.load_pem_private_key(self._path.read_bytes(), password=None)
        except (OSError, ValueError):
            return None
        return found if isinstance(found, rsa.RSAPrivateKey) else None

    def _make(self) -> rsa.RSAPrivateKey:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=_BITS)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        write_private(self._path, key.private_bytes(*form))
        return key


def _written(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode().rstrip("=")
