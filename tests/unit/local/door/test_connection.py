"""The door's HTTP: sizes, order, framing, slow readers, and an engine that goes away."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from deep.local.door.engine import Engine
from deep.local.identity.vault import Bearer
from deep.runtime.dynamodb import DynamoDb
from deep.runtime.exceptions import DatabaseOperationError
from deep.runtime.retry import RetryPolicy
from deep.wire.sigv4 import Credentials
from tests.fakes.door import DoorStage
from tests.fakes.http import read_to_end
from tests.fakes.scripted import HANG_UP, http_answer, scripted
from tests.unit.local.door.conftest import CREATE, READ


def client_of(stage: DoorStage, bearer: Bearer) -> DynamoDb:
    """The table client that functions have."""
    issued = stage.vault.issue(bearer, None)
    credentials = Credentials(issued.access_key, issued.secret_key, issued.session_token)
    return DynamoDb(stage.door.url, stage.names.region, credentials, retry=RetryPolicy(sleep=lambda seconds: None))


@pytest.fixture
def connection(stage: DoorStage) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", int(stage.door.url.rpartition(":")[2])), 10) as connection:
        yield connection


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 403),
        (b"OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.test\r\nConnection: close\r\n\r\n", 403),
        (b"POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b/c/dynamodb/e\r\nConnection: close\r\n\r\n", 400),
        (b"POST /?X-Amz-Credential=a%2Fb%2Fc%2Fs3%2Fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 501),
    ],
)
def test_what_is_no_call_is_refused(connection: socket.socket, request_: bytes, status: int) -> None:
    connection.sendall(request_)
    assert read_to_end(connection).startswith(b"HTTP/1.1 %d " % status)


def test_requests_sent_ahead_are_answered_in_order(connection: socket.socket) -> None:
    one = b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b/c/%b/e\r\nContent-Length: 0\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    connection.sendall(one % b"s3" + one % b"sqs" + last)
    answer = read_to_end(connection)
    places = [answer.index(b"service s3"), answer.index(b"service sqs"), answer.index(b"missing Authentication Token")]
    assert places == sorted(places)


def test_a_flood_of_requests_is_cut_off(connection: socket.socket, stage: DoorStage) -> None:
    client = client_of(stage, READ)
    request = client._request("Scan", b'{"TableName":"%b"}' % stage.names.table("Todo").encode())
    client.close()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stage.door.engine = Engine(f"http://127.0.0.1:{silent.getsockname()[1]}")
        connection.sendall(request * 20)
        assert read_to_end(connection) == b""
    stage.run(stage.door.engine.close())


def test_a_body_may_be_as_large_as_dynamodbs(stage: DoorStage) -> None:
    """An item has 400 KB at most, a batch 16 MB."""
    client = client_of(stage, CREATE)
    item = {"Id": {"S": "1"}, "Title": {"S": "x" * 390_000}}
    assert client.call("PutItem", {"TableName": stage.names.table("Todo"), "Item": item}) == {}
    client.close()
    reader = client_of(stage, READ)
    assert reader.call("GetItem", {"TableName": stage.names.table("Todo"), "Key": {"Id": {"S": "1"}}})["Item"] == item
    reader.close()


def test_a_slow_reader_slows_the_engine_and_loses_nothing(stage: DoorStage, connection: socket.socket) -> None:
    writer = client_of(stage, CREATE)
    for number in range(3):
        writer.call("PutItem", {"TableName": stage.names.table("Todo"), "Item": {"Id": {"S": str(number)}, "Title": {"S": "x" * 300_000}}})
    writer.close()
    reader = client_of(stage, READ)
    request = reader._request("Scan", b'{"TableName":"%b"}' % stage.names.table("Todo").encode())
    reader.close()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
    connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    time.sleep(0.2)  # the answer piles up meanwhile
    answer = read_to_end(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert len(answer) > 900_000


def test_an_engine_that_goes_down_is_told_so_that_the_call_is_made_again(stage: DoorStage) -> None:
    """R: 503 is what every SDK repeats, and our client knows its own earlier write again."""
    with scripted(HANG_UP, HANG_UP, http_answer(200, b'{"Items":[]}')) as engine:
        stage.door.engine = Engine(engine.url)
        client = client_of(stage, READ)
        assert client.call("Scan", {"TableName": stage.names.table("Todo")}) == {"Items": []}
        client.close()
        stage.run(stage.door.engine.close())


def test_an_answer_that_breaks_off_breaks_off_for_the_caller(stage: DoorStage) -> None:
    with scripted(*[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"] * 3, closes_after_each=True) as engine:
        stage.door.engine = Engine(engine.url)
        client = client_of(stage, READ)
        with pytest.raises(DatabaseOperationError, match="does not answer"):
            client.call("Scan", {"TableName": stage.names.table("Todo")})
        client.close()
        stage.run(stage.door.engine.close())


def test_an_engine_being_started_again_is_waited_for(stage: DoorStage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    def come_up() -> None:
        with socket.create_server(("127.0.0.1", port)) as listener:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(http_answer(200, b'{"Items":[]}'))

    stage.door.engine = Engine(f"http://127.0.0.1:{port}")
    coming = threading.Timer(0.2, come_up)
    coming.start()
    client = client_of(stage, READ)
    assert client.call("Scan", {"TableName": stage.names.table("Todo")}) == {"Items": []}
    client.close()
    coming.join(5)
    stage.run(stage.door.engine.close())
