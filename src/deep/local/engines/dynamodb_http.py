"""The few DynamoDB calls the platform itself makes of its table engine, over plain loopback HTTP."""

from __future__ import annotations

import asyncio
from json import dumps, loads
from typing import Any
from urllib.parse import urlsplit

CALL_S = 30.0
_CREDENTIAL = "Credential=local/20260101/us-east-1/dynamodb/aws4_request"


class TableCallError(Exception):
    """The engine refused a call. `type` is DynamoDB's error name, such as `ResourceInUseException`."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(f"{type_}: {message}")
        self.type = type_


class DynamoDbHttp:
    """Calls an engine at `endpoint` (`http://127.0.0.1:PORT`). Signatures are for show: local engines only look for their form."""

    def __init__(self, endpoint: str) -> None:
        url = urlsplit(endpoint)
        self._host = url.hostname or "127.0.0.1"
        self._port = url.port or 80

    async def call(self, operation: str, document: dict[str, Any]) -> dict[str, Any]:
        """One operation, such as `CreateTable`. Raises TableCallError, OSError, or TimeoutError after 30 s."""
        status, body = await asyncio.wait_for(self._exchange(operation, dumps(document).encode()), CALL_S)
        answer: dict[str, Any] = loads(body or b"{}")
        if status != 200:
            raise TableCallError(str(answer.get("__type", "")).rpartition("#")[2], str(answer.get("message") or answer.get("Message") or ""))
        return answer

    async def _exchange(self, operation: str, body: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(self._head(operation, len(body)) + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            return int(head.split(" ", 2)[1]), await reader.readexactly(_content_length(head))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the table engine closed the connection") from error
        finally:
            writer.close()

    def _head(self, operation: str, length: int) -> bytes:
        lines = (
            "POST / HTTP/1.1",
            f"Host: {self._host}:{self._port}",
            "Content-Type: application/x-amz-json-1.0",
            f"X-Amz-Target: DynamoDB_20120810.{operation}",
            "X-Amz-Date: 20260101T000000Z",
            f"Authorization: AWS4-HMAC-SHA256 {_CREDENTIAL}, SignedHeaders=host, Signature=0",
            f"Content-Length: {length}",
            "Connection: close",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _content_length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
