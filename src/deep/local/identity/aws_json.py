"""AWS JSON 1.1, as Cognito's services speak it: one address, the operation in a header, refusals with a code.

Nothing a client sends ends in anything but an answer: what is no JSON, of the wrong type, missing or too long is refused here, before an operation
sees it. Source: Smithy, "AWS JSON 1.1 protocol".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from deep.local.http.reply import Reply
from deep.local.http.request import HttpRequest

JSON_1_1 = (b"content-type", b"application/x-amz-json-1.1")
NOT_KEPT = (b"cache-control", b"no-store")
LONGEST_TEXT = 20_000


class Declined(Exception):
    """The operation is refused: `code` and text are the service's own, the status is 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Asked:
    """What a request asks for, read field by field. Every method raises Declined for what the field may not be."""

    __slots__ = ("_document",)

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """A text that must be there."""
        value = self.text_or_none(name, longest)
        if value is None:
            raise Declined("InvalidParameterException", f"Missing required parameter {name}")
        return value

    def text_or_none(self, name: str, longest: int = LONGEST_TEXT) -> str | None:
        value = self._document.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise Declined("SerializationException", f"{name} is not a string")
        if not value or len(value) > longest:
            raise Declined("InvalidParameterException", f"Value at '{name}' failed to satisfy constraint: length between 1 and {longest}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._document.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise Declined("SerializationException", f"{name} is not a boolean")
        return value

    def number(self, name: str, most: int) -> int:
        """A count from 1 to `most`, which it is when left out."""
        value = self._document.get(name)
        if value is None:
            return most
        if type(value) is not int or not 0 < value <= most:
            raise Declined("InvalidParameterException", f"Value at '{name}' failed to satisfy constraint: between 1 and {most}")
        return value

    def texts(self, name: str) -> dict[str, str]:
        """A map of texts; empty when left out."""
        value = self._document.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise Declined("SerializationException", f"{name} is not a map of strings")
        if any(len(one) > LONGEST_TEXT for one in value.values()):
            raise Declined("InvalidParameterException", f"Value at '{name}' failed to satisfy constraint: too long")
        return value

    def within(self, name: str) -> Asked:
        """A map of texts as something asked for in its own right."""
        return Asked(self.texts(name))

    def attributes(self, name: str) -> dict[str, str]:
        """Cognito's `[{"Name": "email", "Value": "ada@example.com"}]`; empty when left out."""
        value = self._document.get(name)
        if value is None:
            return {}
        pairs: list[Any] = value if isinstance(value, list) else [None]
        if not all(isinstance(pair, dict) and isinstance(pair.get("Name"), str) and isinstance(pair.get("Value", ""), str) for pair in pairs):
            raise Declined("SerializationException", f"{name} is not a list of names and values")
        return {pair["Name"]: pair.get("Value", "") for pair in pairs}


Operation = Callable[[Asked], dict[str, Any]]


class AwsJsonService:
    """Operations by name. They are called in a thread each, since they may take as long as a password takes to prove."""

    def __init__(self, name: str, operations: Mapping[str, Operation]) -> None:
        self.name = name
        self.operations = operations

    def call(self, operation: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """What the operation answers. Raises Declined."""
        found = self.operations.get(operation)
        if found is None:
            raise Declined("UnknownOperationException", f"{self.name} does not offer {operation[:100]!r} here")
        return found(Asked(document))

    async def serve(self, request: HttpRequest) -> Reply:
        """A `POST` with the operation in `x-amz-target`."""
        return await self.answer(request.headers.get("x-amz-target", "").rpartition(".")[2], request.body)

    async def answer(self, operation: str, body: bytes) -> Reply:
        """The operation's answer to a request's body, or its refusal."""
        try:
            document = orjson.loads(body or b"{}")
            if not isinstance(document, dict):
                raise Declined("SerializationException", "The request is not a JSON object")
            return answer(await asyncio.to_thread(self.call, operation, document))
        except orjson.JSONDecodeError:
            return refusal(Declined("SerializationException", "The request is not JSON"))
        except Declined as declined:
            return refusal(declined)


def answer(document: Mapping[str, Any]) -> Reply:
    return Reply(200, [JSON_1_1, NOT_KEPT], orjson.dumps(document))


def refusal(declined: Declined) -> Reply:
    document = {"__type": declined.code, "message": declined.message}
    return Reply(400, [JSON_1_1, NOT_KEPT, (b"x-amzn-errortype", declined.code.encode())], orjson.dumps(document))
