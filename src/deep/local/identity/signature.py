"""Verifies AWS Signature Version 4, in the header and in the query (presigned), against credentials of the vault.

What is signed is put together from what arrived, with the very functions that sign (`deep.wire.sigv4`). Refusals bear AWS's codes and words, in the
dialect of the service: JSON services answer 400 or 403 with `...Exception`, query services (STS) 403 without. Sources: AWS, "Signature Version 4
signing process" and "Common errors" of the services.
"""

from __future__ import annotations

import hmac
import time
from calendar import timegm
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from deep.frozen import dataclass
from deep.local.http.request import HttpRequest
from deep.local.identity.vault import Bearer, InvalidToken, Vault
from deep.wire.sigv4 import ALGORITHM, canonical_query, canonical_request, signature

SKEW_S = 300
LONGEST_LIFE_S = 604_800
"""A week: the longest a presigned address may be good for."""
LONGEST_AUTHORIZATION = 8192

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
_STAMP_LENGTH = len("20160201T000000Z")


@dataclass(slots=True)
class Signed:
    """A request as it arrived: `path` and `query` still escaped, `headers` with lower-case names, the whole `body`."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, request: HttpRequest) -> Signed:
        return cls(request.method, request.raw_path, request.query.decode("latin-1"), request.headers, request.body)


class SignatureRefused(Exception):
    """Why the request is not accepted: `code` and text as the service would give them, `status` to answer with."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a family of services words its refusals."""

    missing: str = "MissingAuthenticationTokenException"
    incomplete: str = "IncompleteSignatureException"
    unknown: str = "UnrecognizedClientException"
    mismatch: str = "InvalidSignatureException"
    expired: str = "ExpiredTokenException"
    status: int = 400


_JSON = _Dialect()
_REST = _Dialect(status=403)
_QUERY = _Dialect("MissingAuthenticationToken", "IncompleteSignature", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", 403)
_S3 = _Dialect("AccessDenied", "AuthorizationHeaderMalformed", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", 403)
_DIALECTS = {"execute-api": _REST, "lambda": _REST, "sts": _QUERY, "iam": _QUERY, "sns": _QUERY, "s3": _S3}


@dataclass(slots=True)
class _Proof:
    """What the request says of its own signature. `lives_s` is how long a presigned one is good for, None for a header's."""

    access_key: str
    scope: str
    date: str
    token: str | None
    signed: str
    signature: str
    query: str
    lives_s: int | None


class _Unfit(Exception):
    """The request says too little, or nonsense, of its signature; the text says what lacks."""


class _Wrong(Exception):
    """The signature is not that of this request; the text says why."""


def verify(request: Signed, vault: Vault, *, service: str, region: str) -> Bearer:
    """Who signed the request. Raises SignatureRefused."""
    says = _DIALECTS.get(service, _JSON)
    try:
        proof = _proof(request)
        if proof is None:
            raise SignatureRefused(says.missing, "Missing Authentication Token", says.status)
        if proof.token is None:
            raise InvalidToken(expired=False)
        holder = vault.holder(proof.token)
        if proof.access_key != holder.access_key:
            raise InvalidToken(expired=False)
        _check_scope(proof, f"/{region}/{service}/aws4_request", service)
        _check_time(proof, vault.clock())
        _check_signature(request, proof, holder.signing_key(proof.scope))
    except _Unfit as error:
        raise SignatureRefused(says.incomplete, str(error), says.status) from None
    except InvalidToken as error:
        raise SignatureRefused(says.expired if error.expired else says.unknown, str(error), says.status) from None
    except _Wrong as error:
        raise SignatureRefused(says.mismatch, str(error), says.status) from None
    return holder.bearer


def _proof(request: Signed) -> _Proof | None:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return _from_header(authorization, request)
    return _from_query(request) if "X-Amz-" in request.query else None


def _from_header(authorization: str, request: Signed) -> _Proof:
    algorithm, _, rest = authorization[:LONGEST_AUTHORIZATION].strip().partition(" ")
    parts: dict[str, str] = {}
    for part in rest.split(",") if algorithm == ALGORITHM else ():
        name, _, value = part.strip().partition("=")
        if name in parts:
            raise _Unfit(f"Authorization header holds '{name}' more than once.")
        parts[name] = value
    lacking = [name for name in ("Credential", "Signature", "SignedHeaders") if not parts.get(name)]
    date = request.headers.get("x-amz-date")
    if lacking or date is None:
        told = [f"Authorization header requires '{name}' parameter." for name in lacking]
        told += [] if date else ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]
        raise _Unfit(" ".join(told))
    access_key, _, scope = parts["Credential"].partition("/")
    token = request.headers.get("x-amz-security-token")
    query = _canonical_query(request.query, presigned=False) if request.query else ""
    return _Proof(access_key, scope, date, token, parts["SignedHeaders"], parts["Signature"], query, None)


def _from_query(request: Signed) -> _Proof | None:
    given = dict(_pairs(request.query))
    if not any(name in given for name in ("X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential")):
        return None
    needed = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Expires")
    lacking = [name for name in needed if not given.get(name)]
    if lacking:
        raise _Unfit(" ".join(f"AWS query-string parameters must include '{name}'." for name in lacking))
    if given["X-Amz-Algorithm"] != ALGORITHM:
        raise _Unfit("Unsupported AWS 'algorithm'.")
    lives = given["X-Amz-Expires"]
    if not (lives.isascii() and lives.isdigit() and len(lives) <= 6 and 0 < int(lives) <= LONGEST_LIFE_S):
        raise _Unfit("X-Amz-Expires must be a number of seconds between 1 and 604800.")
    access_key, _, scope = given["X-Amz-Credential"].partition("/")
    query = _canonical_query(request.query, presigned=True)
    proof = (given.get("X-Amz-Security-Token"), given["X-Amz-SignedHeaders"], given["X-Amz-Signature"])
    return _Proof(access_key, scope, given["X-Amz-Date"], *proof, query, int(lives))


def _pairs(query: str) -> list[tuple[str, str]]:
    """The query's parameters, decoded as the gateway decodes them, in their order. Raises _Wrong for what is no UTF-8."""
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((_decoded(name), _decoded(value)))
    return pairs


def _decoded(text: str) -> str:
    if "+" not in text and "%" not in text and text.isascii():
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode()
    except UnicodeError:
        raise _Wrong(_MISMATCH) from None


def _canonical_query(query: str, *, presigned: bool) -> str:
    return canonical_query(pair for pair in _pairs(query) if not (presigned and pair[0] == "X-Amz-Signature"))


def _check_scope(proof: _Proof, tail: str, service: str) -> None:
    day = proof.date[:8]
    if proof.scope == day + tail:
        return
    if not proof.scope.startswith(f"{day}/"):
        raise _Wrong(f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{day}'.")
    if proof.scope.split("/")[1:2] != tail.split("/")[1:2]:
        raise _Wrong("Credential should be scoped to a valid region.")
    raise _Wrong(f"Credential should be scoped to correct service: '{service}'.")


def _check_time(proof: _Proof, now: float) -> None:
    signed_at = _seconds(proof.date)
    if signed_at - now > SKEW_S:
        raise _Wrong(f"Signature not yet current: {proof.date} is still later than {_stamp(now + SKEW_S)} ({_stamp(now)} + 5 min.)")
    if now - signed_at > (SKEW_S if proof.lives_s is None else proof.lives_s):
        raise _Wrong(f"Signature expired: {proof.date} is now earlier than {_stamp(now - SKEW_S)} ({_stamp(now)} - 5 min.)")


@lru_cache(maxsize=512)
def _seconds(stamp: str) -> int:
    """`20160201T000000Z` as Unix seconds."""
    try:
        if len(stamp) != _STAMP_LENGTH:
            raise ValueError
        return timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise _Unfit(f"Date must be in ISO-8601 'basic format'. Got '{stamp[:40]}'.") from None


def _stamp(seconds: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def _check_signature(request: Signed, proof: _Proof, key: hmac.HMAC) -> None:
    headers, names = request.headers, proof.signed.split(";")
    for name in headers:
        if name.startswith("x-amz-") and name not in names:
            raise _Wrong(f"There were headers present in the request which were not signed: {name}")
    values = tuple([headers.get(name) for name in names])
    body_hash = sha256(request.body).hexdigest()
    if headers.get("x-amz-content-sha256", body_hash) != body_hash:
        raise _Wrong("The provided 'x-amz-content-sha256' header does not match what was computed.")
    canonical = f"{_canonical_head(request.method, request.path, proof.query, proof.signed, values)}{body_hash}"
    if not hmac.compare_digest(signature(key, proof.date, proof.scope, canonical).encode(), proof.signature.encode()):
        raise _Wrong(_MISMATCH)


@lru_cache(maxsize=512)
def _canonical_head(method: str, path: str, query: str, listed: str, values: tuple[str | None, ...]) -> str:
    """The canonical request but for the body's hash at its end: for a second, a client's calls of one kind have it in common.

    `listed` are the names of the headers that are signed, `values` theirs. The host must be among them, and (see `_check_signature`) all of AWS's
    own, or they could be exchanged on the way.
    """
    signed = {name: _text(value) for name, value in zip(listed.split(";"), values, strict=True) if value is not None}
    if len(signed) != len(values):
        raise _Wrong(_MISMATCH)
    if "host" not in signed:
        raise _Unfit("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    return canonical_request(method, _as_signed(path), query, signed, "")


def _text(value: str) -> str:
    """A header's bytes are read as Latin-1; who signed them wrote UTF-8."""
    return value if value.isascii() else value.encode("latin-1", "replace").decode("utf-8", "replace")


def _as_signed(path: str) -> str:
    """The path without empty, `.` and `..` segments, as signers normalise it (RFC 3986 6.2.2.3)."""
    if "//" not in path and "/." not in path:
        return path or "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    tail = "/" if kept and path.endswith("/") else ""
    return f"/{'/'.join(kept)}{tail}"
