"""Whatever botocore signs is accepted, and nothing that was changed on the way. Parity 89."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from deep.local.identity.signature import SignatureRefused, Signed, verify
from deep.local.identity.vault import Credentials, FunctionBearer, Vault
from tests.fakes.clock import Clock

REGION = "us-east-1"
BEARER = FunctionBearer("deep.todo:task:create")
SERVICES = ["execute-api", "dynamodb", "lambda", "sts"]
NAMES = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=12).map(lambda name: f"X-{name}")
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=30)
SEGMENTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=4)
QUERIES = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), st.text(max_size=6)), max_size=4)


def vault(clock: Clock | None = None) -> Vault:
    return Vault(b"k" * 32, clock or Clock(datetime.now(UTC).timestamp()))


def boto(given: Credentials) -> BotoCredentials:
    return BotoCredentials(given.access_key, given.secret_key, given.session_token)


def arrived(request: AWSRequest) -> Signed:
    """A request as it arrives: names in lower case, header bytes (UTF-8) read as Latin-1."""
    parts = urlsplit(request.url)
    headers = {"host": parts.netloc} | {name.lower(): value.encode().decode("latin-1") for name, value in request.headers.items()}
    return Signed(request.method, parts.path, parts.query, headers, request.data or b"")


def signed(credentials: Credentials, service: str = "execute-api", *, query: bool = False, **parts: object) -> Signed:
    request = AWSRequest(**{"method": "POST", "url": "http://localhost:8000/deep-todo/task/create?a=1", "data": b"{}", **parts})
    kind = SigV4QueryAuth if query else SigV4Auth
    kind(boto(credentials), service, REGION).add_auth(request)
    return arrived(request)


@settings(deadline=None, max_examples=400)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    segments=SEGMENTS,
    pairs=QUERIES,
    headers=st.dictionaries(NAMES, VALUES, max_size=4),
    body=st.binary(max_size=200),
    service=st.sampled_from(SERVICES),
)
def test_what_botocore_signs_is_accepted(method, segments, pairs, headers, body, service) -> None:  # type: ignore[no-untyped-def]  # one argument per thing that is random
    keep = vault()
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs if name)
    url = f"http://localhost:8000/{'/'.join(quote(segment, safe='-_.~') for segment in segments)}" + (f"?{query}" if query else "")
    unique = dict({name.lower(): (name, value) for name, value in headers.items() if not name.lower().startswith("x-amz")}.values())
    request = signed(keep.issue(BEARER, 60), service, method=method, url=url, data=body, headers=unique)
    assert verify(request, keep, service=service, region=REGION) == BEARER


@settings(deadline=None, max_examples=200)
@given(segments=SEGMENTS, pairs=QUERIES, service=st.sampled_from(SERVICES), expires=st.integers(1, 604_800))
def test_what_botocore_presigns_is_accepted(segments, pairs, service, expires) -> None:  # type: ignore[no-untyped-def]
    keep = vault()
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in dict(pairs).items() if name)
    url = f"http://localhost:8000/{'/'.join(quote(segment, safe='-_.~') for segment in segments)}" + (f"?{query}" if query else "")
    request = AWSRequest(method="GET", url=url, headers=HTTPHeaders())
    SigV4QueryAuth(boto(keep.issue(BEARER, 60)), service, REGION, expires=expires).add_auth(request)
    assert verify(arrived(request), keep, service=service, region=REGION) == BEARER


def _header(name: str, value: str) -> Callable[[Signed], object]:
    return lambda request: request.headers.update({name: value})


def _authorization(old: str, new: str) -> Callable[[Signed], object]:
    return lambda request: request.headers.update({"authorization": request.headers["authorization"].replace(old, new)})


def _set(name: str, value: object) -> Callable[[Signed], object]:
    return lambda request: setattr(request, name, value)


TAMPERINGS = {
    "another method": (_set("method", "DELETE"), "InvalidSignatureException"),
    "another path": (_set("path", "/deep-todo/task/delete"), "InvalidSignatureException"),
    "another query": (_set("query", "a=2"), "InvalidSignatureException"),
    "another parameter": (_set("query", "a=1&b=2"), "InvalidSignatureException"),
    "a query that is no UTF-8": (_set("query", "a=%ff"), "InvalidSignatureException"),
    "another body": (_set("body", b'{"Id":"x"}'), "InvalidSignatureException"),
    "another host": (_header("host", "evil.test"), "InvalidSignatureException"),
    "another date": (_header("x-amz-date", "20160201T000000Z"), "InvalidSignatureException"),
    "a date that is none": (_header("x-amz-date", "yesterday-at-noon"), "InvalidSignatureException"),
    "an unsigned header of AWS": (_header("x-amz-target", "DynamoDB_20120810.DeleteTable"), "InvalidSignatureException"),
    "a wrong hash of the body": (_header("x-amz-content-sha256", "0" * 64), "InvalidSignatureException"),
    "the body left out of the signature": (_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), "InvalidSignatureException"),
    "a forged token": (_header("x-amz-security-token", "local.e30.x"), "UnrecognizedClientException"),
    "no token": (lambda request: request.headers.pop("x-amz-security-token"), "UnrecognizedClientException"),
    "another access key": (_authorization("ASIA", "AKIA"), "UnrecognizedClientException"),
    "another region": (_authorization("us-east-1", "eu-west-1"), "InvalidSignatureException"),
    "another service": (_authorization("/execute-api/", "/dynamodb/"), "InvalidSignatureException"),
    "another day": (_authorization("/20", "/19"), "InvalidSignatureException"),
    "the host not signed": (_authorization("SignedHeaders=host;", "SignedHeaders="), "IncompleteSignatureException"),
    "a signed header taken out": (_authorization("SignedHeaders=host;", "SignedHeaders=host;x-gone;"), "InvalidSignatureException"),
    "no signature": (_authorization("Signature=", "Nothing="), "IncompleteSignatureException"),
    "a signature twice": (_authorization("Signature=", "Signature=1,Signature="), "IncompleteSignatureException"),
    "a signature that is no text": (_authorization("Signature=", "Signature=\xe9"), "InvalidSignatureException"),
    "another algorithm": (_authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-MD5"), "IncompleteSignatureException"),
    "a bearer token instead": (_header("authorization", "Bearer abc"), "IncompleteSignatureException"),
    "no date": (lambda request: request.headers.pop("x-amz-date"), "IncompleteSignatureException"),
    "no authorization": (lambda request: request.headers.pop("authorization"), "MissingAuthenticationTokenException"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_changed_is_refused(name: str) -> None:
    change, code = TAMPERINGS[name]
    keep = vault()
    request = signed(keep.issue(BEARER, 60))
    assert verify(request, keep, service="execute-api", region=REGION) == BEARER
    change(request)
    with pytest.raises(SignatureRefused) as refused:
        verify(request, keep, service="execute-api", region=REGION)
    assert (refused.value.code, refused.value.status) == (code, 403)
    assert refused.value.message


PRESIGNED = {
    "another parameter": ("a=1", "a=2", "InvalidSignatureException"),
    "a longer life": ("X-Amz-Expires=3600", "X-Amz-Expires=604800", "InvalidSignatureException"),
    "a life without end": ("X-Amz-Expires=3600", "X-Amz-Expires=9999999", "IncompleteSignatureException"),
    "a life that is no number": ("X-Amz-Expires=3600", "X-Amz-Expires=x", "IncompleteSignatureException"),
    "another algorithm": ("AWS4-HMAC-SHA256", "none", "IncompleteSignatureException"),
    "no signature": ("X-Amz-Signature", "X-Amz-Nothing", "IncompleteSignatureException"),
    "no token": ("X-Amz-Security-Token", "Token", "UnrecognizedClientException"),
}


@pytest.mark.parametrize("name", PRESIGNED)
def test_a_presigned_address_that_is_changed_is_refused(name: str) -> None:
    old, new, code = PRESIGNED[name]
    keep = vault()
    request = signed(keep.issue(BEARER, 60), query=True, method="GET", data=b"")
    assert verify(request, keep, service="execute-api", region=REGION) == BEARER
    assert old in request.query
    request.query = request.query.replace(old, new)
    with pytest.raises(SignatureRefused) as refused:
        verify(request, keep, service="execute-api", region=REGION)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("shift_s", "words"), [(-301, "Signature not yet current"), (301, "Signature expired"), (3601, "expired"), (299, None), (-299, None)]
)
def test_clocks_may_differ_by_five_minutes(shift_s: int, words: str | None) -> None:
    clock = Clock(datetime.now(UTC).timestamp())
    keep = vault(clock)
    request = signed(keep.issue(BEARER, 3600))
    clock.now += shift_s
    if words is None:
        assert verify(request, keep, service="execute-api", region=REGION) == BEARER
        return
    with pytest.raises(SignatureRefused, match=words):
        verify(request, keep, service="execute-api", region=REGION)


@pytest.mark.parametrize(("after_s", "refused"), [(3599, False), (3700, True)])
def test_a_presigned_address_lives_as_long_as_it_says(after_s: int, refused: bool) -> None:
    clock = Clock(datetime.now(UTC).timestamp())
    keep = vault(clock)
    request = signed(keep.issue(BEARER, 7200), query=True, method="GET", data=b"")
    clock.now += after_s
    if refused:
        with pytest.raises(SignatureRefused, match="Signature expired"):
            verify(request, keep, service="execute-api", region=REGION)
    else:
        assert verify(request, keep, service="execute-api", region=REGION) == BEARER


@pytest.mark.parametrize(
    ("service", "codes", "status"),
    [
        ("dynamodb", ("MissingAuthenticationTokenException", "UnrecognizedClientException", "ExpiredTokenException"), 400),
        ("lambda", ("MissingAuthenticationTokenException", "UnrecognizedClientException", "ExpiredTokenException"), 403),
        ("sts", ("MissingAuthenticationToken", "InvalidClientTokenId", "ExpiredToken"), 403),
    ],
)
def test_each_service_refuses_in_its_own_words(service: str, codes: tuple[str, str, str], status: int) -> None:
    clock = Clock(datetime.now(UTC).timestamp())
    keep = vault(clock)
    unsigned = signed(keep.issue(BEARER, 60), service)
    del unsigned.headers["authorization"]
    elsewhere = signed(Vault(b"l" * 32).issue(BEARER, None), service)
    late = signed(keep.issue(BEARER, 60), service)
    clock.now += 61
    found = []
    for request in (unsigned, elsewhere, late):
        with pytest.raises(SignatureRefused) as refused:
            verify(request, keep, service=service, region=REGION)
        found.append((refused.value.code, refused.value.status))
    assert found == [(code, status) for code in codes]


@settings(deadline=None, max_examples=500)
@given(
    authorization=st.text(st.characters(max_codepoint=255)) | st.from_regex(r"AWS4-HMAC-SHA256 (\w+=[\w/;]*,? ?){0,5}"),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=255)) | st.from_regex(r"(X-Amz-\w+=[%\w]*&){0,8}", fullmatch=True),
    date=st.text(st.characters(max_codepoint=255), max_size=20),
    token=st.none() | st.text(st.characters(max_codepoint=255)),
    as_header=st.booleans(),
)
def test_nonsense_is_refused_and_never_breaks(authorization: str, query: str, date: str, token: str | None, as_header: bool) -> None:
    headers = {"host": "localhost", "x-amz-date": date} | ({"authorization": authorization} if as_header else {})
    if token is not None:
        headers["x-amz-security-token"] = token
    with pytest.raises(SignatureRefused):
        verify(Signed("GET", "/", query, headers, b""), vault(), service="execute-api", region=REGION)
