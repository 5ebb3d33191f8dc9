"""JSON Web Tokens, verified strictly: one algorithm, keys by their id, every claim that must be there.

Used for the tokens of our own pool and for those of providers the app trusts. Sources: RFC 7519, RFC 8725 (best current practices), OpenID Connect
Core.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.types import Options

from deep.frozen import dataclass

ALGORITHM = "RS256"
LONGEST_TOKEN = 16_384
SKEW_S = 60
"""How far another provider's clock may be from ours."""
_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""What the library checks; claims are checked here, by our own clock."""
_KNOWN_HEADERS = frozenset(("alg", "kid", "typ"))


class TokenRefused(Exception):
    """The token is not accepted; the text says why."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issued it, for whom (`audience`, in the claim `audience_claim`), and further claims by name."""

    issuers: tuple[str, ...]
    audience: str
    audience_claim: str = "aud"
    claims: tuple[tuple[str, str], ...] = ()


def key_id(token: str) -> str:
    """The id of the key a token says it is signed with. Raises TokenRefused for what is no token, or is signed in another way."""
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise TokenRefused("Invalid token: too long, or not a token")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, RecursionError) as error:
        raise TokenRefused(f"Invalid token: {error}") from None
    if header.get("alg") != ALGORITHM:
        raise TokenRefused(f"Invalid token: signed with {str(header.get('alg'))[:20]!r}, not {ALGORITHM}")
    if not header.keys() <= _KNOWN_HEADERS:
        raise TokenRefused("Invalid token: it names keys or extensions of its own")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenRefused("Invalid token: no key id")
    return kid


def verified_claims(token: str, keys: Mapping[str, RSAPublicKey], expected: Expected, now: float) -> dict[str, Any]:
    """The claims of a token that is true, meant for us and valid at `now` (Unix seconds). Raises TokenRefused."""
    key = keys.get(key_id(token))
    if key is None:
        raise TokenRefused("Invalid token: signed with an unknown key")
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except (jwt.InvalidTokenError, RecursionError) as error:
        raise TokenRefused(f"Invalid token: {error}") from None
    _check_claims(claims, expected)
    _check_time(claims, now)
    return claims


def _check_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") not in expected.issuers:
        raise TokenRefused("Invalid token: another issuer")
    audience = claims.get(expected.audience_claim)
    if audience not in (expected.audience, [expected.audience]):
        raise TokenRefused("Invalid token: meant for another client")
    if any(claims.get(name) != value for name, value in expected.claims):
        raise TokenRefused("Invalid token: of another use")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise TokenRefused("Invalid token: no subject")


def _check_time(claims: Mapping[str, Any], now: float) -> None:
    expires, issued, begins = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise TokenRefused("Invalid token: it does not say how long it is valid")
    if not expires > now:
        raise TokenRefused("Token expired")
    if not max(issued, begins or 0) <= now + SKEW_S:
        raise TokenRefused("Invalid token: not valid yet")


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is not None and type(value) not in (int, float):
        raise TokenRefused(f"Invalid token: {name} is no number")
    return value
