"""What the table client sends is signed as botocore, the oracle, would sign it."""

from __future__ import annotations

import string

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from deep.runtime.dynamodb import DynamoDb
from deep.wire.sigv4 import Credentials

TOKENS = st.none() | st.text(string.ascii_letters + string.digits + "/+=", min_size=16, max_size=50)
REGIONS = st.sampled_from(["us-east-1", "eu-west-3", "cn-north-1", "ap-southeast-2"])


@settings(deadline=None)
@given(body=st.binary(max_size=200), token=TOKENS, region=REGIONS, seconds=st.integers(0, 4_000_000_000))
def test_the_prepared_request_of_tables_is_signed_the_same(body: bytes, token: str | None, region: str, seconds: int) -> None:
    client = DynamoDb("http://127.0.0.1:8000", region, Credentials("AKID", "secret", token), clock=lambda: seconds)
    for _ in range(2):  # the second comes from what the first prepared
        head, _, sent_body = client._request("GetItem", body).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        authorization = headers.pop("Authorization")
        assert sent_body == body
        assert headers.pop("Content-Length") == str(len(body))
        request = AWSRequest(method="POST", url="http://127.0.0.1:8000/", headers=headers, data=body)
        request.context["timestamp"] = headers["X-Amz-Date"]
        auth = SigV4Auth(BotoCredentials("AKID", "secret", token), "dynamodb", region)
        signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        assert authorization.endswith(f"Signature={signature}")
