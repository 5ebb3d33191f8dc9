"""Credentials of the data role: one caller's, kept while they are good, asked for as botocore asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import boto3
import pytest

from deep.runtime.dynamodb import DynamoDb
from deep.runtime.retry import RetryPolicy
from deep.runtime.session import LIFETIME_S, MOST_SESSIONS, CallerTables, DataSessions, assume_role, session_name, xml_text
from deep.runtime.signed import Service, ServiceError
from deep.wire.sigv4 import Credentials
from tests.fakes.scripted import HANG_UP, ScriptedServer, http_answer, scripted

ALICE = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"
ROLE = "arn:aws:iam::123456789012:role/DeepDevData1234abcd"
OWN = Credentials("ASIAFUNCTION", "secret", "function-token")


def answer_with(token: str) -> bytes:
    document = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
      <AssumedRoleUser><Arn>arn</Arn><AssumedRoleId>X:y</AssumedRoleId></AssumedRoleUser>
      <Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>se/cr+et&amp;</SecretAccessKey><SessionToken>{token}</SessionToken>
      <Expiration>2026-11-25T04:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
    return http_answer(200, document.encode())


DENIED = http_answer(
    403, b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: x is not</Message></Error></ErrorResponse>"
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[ScriptedServer], Service]:
    def sts_at(server: ScriptedServer) -> Service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        return Service("sts", "us-east-1", OWN, RetryPolicy(sleep=lambda seconds: None))

    return sts_at


def body_of(request: bytes) -> dict[str, list[str]]:
    return parse_qs(request.partition(b"\r\n\r\n")[2].decode(), strict_parsing=True)


def test_the_request_is_botocores(environment: Callable[[ScriptedServer], Service]) -> None:
    with scripted(answer_with("ours"), answer_with("theirs"), closes_after_each=True) as server:
        sts = environment(server)
        credentials = assume_role(sts, ROLE, ALICE)
        keys = {"aws_access_key_id": OWN.access_key, "aws_secret_access_key": OWN.secret_key, "aws_session_token": OWN.session_token}
        client = boto3.client("sts", region_name="us-east-1", endpoint_url=server.url, **keys)
        theirs = client.assume_role(
            RoleArn=ROLE, RoleSessionName=session_name(ALICE), DurationSeconds=LIFETIME_S, Tags=[{"Key": "identity", "Value": ALICE}]
        )
        client.close()
        sts.close()
    ours, reference = server.requests
    assert body_of(ours) == body_of(reference)
    assert ours.splitlines()[0] == reference.splitlines()[0] == b"POST / HTTP/1.1"
    told = theirs["Credentials"]
    assert (credentials.access_key, credentials.secret_key) == (told["AccessKeyId"], told["SecretAccessKey"]) == ("ASIA1", "se/cr+et&")
    assert credentials.session_token == "ours"
    assert b"X-Amz-Security-Token: function-token" in ours


def test_a_refusal_tells_why(environment: Callable[[ScriptedServer], Service]) -> None:
    with scripted(DENIED, http_answer(200, b"<html>")) as server:
        sts = environment(server)
        with pytest.raises(ServiceError, match="AccessDenied: User: x is not") as caught:
            assume_role(sts, ROLE, ALICE)
        with pytest.raises(ServiceError, match="no credentials"):
            assume_role(sts, ROLE, ALICE)
        sts.close()
    assert caught.value.code == "AccessDenied"


def test_a_lost_answer_is_asked_for_again(environment: Callable[[ScriptedServer], Service]) -> None:
    with scripted(HANG_UP, http_answer(503, b""), answer_with("third")) as server:
        sts = environment(server)
        assert assume_role(sts, ROLE, ALICE).session_token == "third"
        sts.close()


def test_credentials_are_kept_by_identity_and_renewed_in_time(environment: Callable[[ScriptedServer], Service]) -> None:
    now = [1000.0]
    with scripted(*[answer_with(str(number)) for number in range(4)]) as server:
        sts = environment(server)
        tables = DynamoDb("http://127.0.0.1:9", "us-east-1", OWN)
        sessions = DataSessions(sts, ROLE, tables, lambda: now[0])
        first, other = sessions.client("a"), sessions.client("b")
        assert sessions.client("a") is first
        assert other is not first
        now[0] += LIFETIME_S - 301
        assert sessions.client("a") is first
        now[0] += 2
        assert sessions.client("a") is not first
        sts.close()
    assert [body_of(request)["Tags.member.1.Value"] for request in server.requests] == [["a"], ["b"], ["a"]]


def test_threads_share_one_request(environment: Callable[[ScriptedServer], Service]) -> None:
    with scripted(answer_with("only")) as server:
        sts = environment(server)
        sessions = DataSessions(sts, ROLE, DynamoDb("http://127.0.0.1:9", "us-east-1", OWN))
        with ThreadPoolExecutor(8) as threads:
            clients = list(threads.map(sessions.client, [ALICE] * 32))
        sts.close()
    assert len(set(map(id, clients))) == 1
    assert len(server.requests) == 1


def test_the_number_kept_is_bounded(environment: Callable[[ScriptedServer], Service]) -> None:
    with scripted(*[answer_with("x")] * (MOST_SESSIONS + 2)) as server:
        sts = environment(server)
        sessions = DataSessions(sts, ROLE, DynamoDb("http://127.0.0.1:9", "us-east-1", OWN))
        first = sessions.client("0")
        for number in range(1, MOST_SESSIONS + 1):
            sessions.client(str(number))
        assert sessions.client("0") is not first
        sts.close()


def test_tables_are_called_with_the_callers_credentials(environment: Callable[[ScriptedServer], Service]) -> None:
    with scripted(answer_with("token-of-alice")) as server, scripted(http_answer(200, json.dumps({"Item": {}}).encode())) as tables:
        sts = environment(server)
        sessions = DataSessions(sts, ROLE, DynamoDb(tables.url, "us-east-1", OWN))
        assert CallerTables(sessions, ALICE).call("GetItem", {}) == {"Item": {}}
        sessions.client(ALICE).close()
        sts.close()
    assert b"X-Amz-Security-Token: token-of-alice" in tables.requests[0]
    assert b"Credential=ASIA1/" in tables.requests[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<A>x</A>", "x"), ("<A>a&lt;b&#65;&#x42;</A>", "a<bAB"), ("<A></A>", ""), ("<A><B/></A>", ""), ("<A>x", ""), ("", ""), ("<A>&x</A>", "&x")],
)
def test_plain_xml_is_read(text: str, expected: str) -> None:
    assert xml_text(text, "A") == expected


@pytest.mark.parametrize("identity", [ALICE, "x", "é/ " * 40, ""])
def test_session_names_are_what_sts_takes(identity: str) -> None:
    assert 2 <= len(session_name(identity)) <= 64
