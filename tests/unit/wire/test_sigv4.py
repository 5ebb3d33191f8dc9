"""Signatures equal botocore's, which is the oracle."""

from __future__ import annotations

import string
from hashlib import sha256

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from deep.wire.sigv4 import Credentials, Signer, canonical_query, canonical_request, percent_encode, signed_header_names

TOKEN = string.ascii_letters + string.digits
NAMES = st.text(TOKEN + "-", min_size=1, max_size=12).map(lambda name: f"X-{name}")
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
REGIONS = st.sampled_from(["us-east-1", "eu-west-3", "cn-north-1", "ap-southeast-2"])
DATES = st.datetimes().map(lambda moment: f"{moment.year:04}{moment:%m%dT%H%M%SZ}")
SECRETS = st.text(TOKEN + "/+=", min_size=16, max_size=50)


def oracle(request: AWSRequest, credentials: BotoCredentials, region: str, service: str) -> tuple[str, str]:
    """botocore's canonical request and signature at the request's own timestamp."""
    auth = SigV4Auth(credentials, service, region)
    canonical = auth.canonical_request(request)
    return canonical, auth.signature(auth.string_to_sign(request, canonical), request)


@settings(deadline=None, max_examples=300)
@given(
    headers=st.dictionaries(NAMES, VALUES, max_size=5),
    body=st.binary(max_size=200),
    token=st.none() | SECRETS,
    region=REGIONS,
    service=st.sampled_from(["dynamodb", "lambda", "sqs"]),
    date=DATES,
    secret=SECRETS,
    segments=st.lists(st.text(max_size=8), max_size=3),
    query=st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=4),
)
def test_signature_equals_botocores(headers, body, token, region, service, date, secret, segments, query) -> None:  # type: ignore[no-untyped-def]  # one argument per thing that is random
    unique = {name.lower(): (name, value) for name, value in headers.items()}
    sent = dict(unique.values()) | {"Host": "service.test:8000", "X-Amz-Date": date}
    if token:
        sent["X-Amz-Security-Token"] = token
    path = "/" + "/".join(percent_encode(segment) for segment in segments if segment not in ("", ".", ".."))
    url = f"http://service.test:8000{path}" + (f"?{canonical_query(query)}" if query else "")
    request = AWSRequest(method="POST", url=url, headers=sent, data=body)
    request.context["timestamp"] = date
    wanted_canonical, wanted_signature = oracle(request, BotoCredentials("AKID", secret, token), region, service)

    canonical = canonical_request("POST", path, canonical_query(query), sent, sha256(body).hexdigest())
    authorization = Signer(Credentials("AKID", secret, token), region, service).authorization(date, canonical, signed_header_names(sent))

    assert canonical == wanted_canonical
    assert authorization.endswith(f"Signature={wanted_signature}")
    assert f"Credential=AKID/{date[:8]}/{region}/{service}/aws4_request" in authorization


def test_the_key_follows_the_day() -> None:
    signer = Signer(Credentials("AKID", "secret"), "us-east-1", "dynamodb")
    first = signer.authorization("20160201T000000Z", "x", "host")
    second = signer.authorization("20160202T000000Z", "x", "host")
    assert signer.authorization("20160201T000000Z", "x", "host") == first != second
