"""The Secure Remote Password protocol as Cognito speaks it: a password is proved without being sent, and checked without being kept.

RFC 5054's 3072-bit group, SHA-256, and a key derivation of Cognito's own. The form of every number is that of Java's `BigInteger.toByteArray`:
big-endian with a leading zero byte where the first bit is set. Source: RFC 2945 and 5054; Cognito's own open client libraries.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from hashlib import sha256

from deep.frozen import dataclass

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9"
    "DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB31"
    "43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
_INFO = b"Caldera Derived Key\x01"
_EXPONENT_BITS = 256
"""Twice the strength of the rest; RFC 5054 asks for as many at least."""
LONGEST_HEX = 1024


def as_bytes(number: int) -> bytes:
    """A number as `BigInteger.toByteArray` writes it."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def digest(*parts: bytes) -> int:
    return int.from_bytes(sha256(b"".join(parts)).digest(), "big")


K = digest(as_bytes(N), as_bytes(G))


def verifier_of(pool_name: str, username: str, password: str, salt: int) -> int:
    """What is kept instead of a password: g^x, where x is a digest of the salt, the pool, the name and the password."""
    identity = sha256(f"{pool_name}{username}:{password}".encode()).digest()
    return pow(G, digest(as_bytes(salt), identity), N)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The server's side of one sign-in, between its two requests."""

    verifier: int
    client_public: int
    secret: int
    public: int

    @classmethod
    def begin(cls, verifier: int, client_public: int) -> Exchange:
        """A new one. Raises ValueError for a client's number that would make the key known to everybody."""
        if client_public % N == 0:
            raise ValueError("SRP_A is a multiple of the modulus")
        secret = secrets.randbits(_EXPONENT_BITS) | 1
        return cls(verifier, client_public, secret, (K * verifier + pow(G, secret, N)) % N)

    def proves(self, message: bytes, claimed: str) -> bool:
        """Whether `claimed` (base64) signs `message` with the key that only the password's owner and we can know."""
        mixed = digest(as_bytes(self.client_public), as_bytes(self.public))
        shared = pow(self.client_public * pow(self.verifier, mixed, N), self.secret, N)
        right = hmac.digest(_derived(shared, mixed), message, "sha256")
        try:
            return hmac.compare_digest(base64.b64decode(claimed, validate=True), right)
        except (binascii.Error, ValueError):
            return False


def _derived(shared: int, mixed: int) -> bytes:
    """Cognito's key derivation: HKDF of the shared secret, 16 bytes."""
    extracted = hmac.digest(as_bytes(mixed), as_bytes(shared), "sha256")
    return hmac.digest(extracted, _INFO, "sha256")[:16]


def public_number(text: str) -> int:
    """A client's `SRP_A`. Raises ValueError."""
    if not text or len(text) > LONGEST_HEX or not all(digit in "0123456789abcdefABCDEF" for digit in text):
        raise ValueError("SRP_A is not a hexadecimal number")
    return int(text, 16)
