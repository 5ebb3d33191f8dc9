"""Passwords: which are good enough, and what is kept instead of them."""

from __future__ import annotations

import hmac
import secrets
import string
from hashlib import shake_256

from deep.frozen import dataclass
from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.srp import N, verifier_of

SHORTEST = 8
LONGEST = 256
SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
_SALT_BITS = 128
_VERIFIER_BYTES = 384
_RULES = (
    ("Password not long enough", lambda password: len(password) >= SHORTEST),
    ("Password must have lowercase characters", lambda password: any(one in string.ascii_lowercase for one in password)),
    ("Password must have uppercase characters", lambda password: any(one in string.ascii_uppercase for one in password)),
    ("Password must have numeric characters", lambda password: any(one in string.digits for one in password)),
    ("Password must have symbol characters", lambda password: any(one in SYMBOLS for one in password)),
    ("Password must not begin or end with a space", lambda password: password == password.strip(" ")),
    ("Password is too long", lambda password: len(password) <= LONGEST),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is kept of a password, both in hexadecimal. It proves the password and does not hold it."""

    salt: str
    verifier: str

    @property
    def number(self) -> int:
        return int(self.verifier, 16)

    def fits(self, pool_name: str, username: str, password: str) -> bool:
        """Whether `password` is the one this was made of."""
        found = verifier_of(pool_name, username, password, int(self.salt, 16))
        return hmac.compare_digest(f"{found:x}", self.verifier)


def proof_of(pool_name: str, username: str, password: str) -> Proof:
    """What to keep of a new password. Raises Declined for one against the policy, Cognito's default."""
    lacking = [told for told, holds in _RULES if not holds(password)]
    if lacking:
        raise Declined("InvalidPasswordException", f"Password did not conform with policy: {lacking[0]}")
    salt = secrets.randbits(_SALT_BITS) | 1
    return Proof(f"{salt:x}", f"{verifier_of(pool_name, username, password, salt):x}")


def stranger_proof(secret: bytes, username: str) -> Proof:
    """What a name nobody has is answered with: the same salt every time, and a verifier that no password fits."""
    drawn = shake_256(secret + f"stranger {username}".encode()).digest(_SALT_BITS // 8 + _VERIFIER_BYTES)
    salt, verifier = (int.from_bytes(part, "big") | 1 for part in (drawn[: _SALT_BITS // 8], drawn[_SALT_BITS // 8 :]))
    return Proof(f"{salt:x}", f"{verifier % N:x}")


def temporary_password() -> str:
    """A password within the policy, to be changed at the first sign-in."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!@#%&*")
    return "".join(secrets.choice(kind) for kind in kinds * 3)
