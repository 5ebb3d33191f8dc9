"""Credentials that reach one caller's items and no others: the function's data role, assumed with the caller's identity as a session tag.

The role's policy compares the partition a request names (`dynamodb:LeadingKeys`) with `${aws:PrincipalTag/identity}`. So even code that forgets whose
data it handles cannot touch another user's, deployed and locally alike. Sources: AWS STS API Reference, "AssumeRole"; IAM User Guide, "Pass session
tags in AWS STS" and "Role chaining" (which bounds such a session to one hour).
"""

from __future__ import annotations

from _thread import allocate_lock
from time import time

from deep.runtime.signed import Service, ServiceError
from deep.wire.sigv4 import Credentials, percent_encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from deep.runtime.dynamodb import DynamoDb
    from deep.runtime.transport import Answer

LIFETIME_S = 3600
"""The longest session a role's own credentials may ask for."""
REFRESH_BEFORE_S = 300
MOST_SESSIONS = 64
"""How many identities' credentials a process keeps; the one unused for longest goes first."""
IDENTITY_TAG = "identity"
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class DataSessions:
    """Table clients by identity. Safe to share between threads."""

    def __init__(self, sts: Service, role: str, tables: DynamoDb, clock: Callable[[], float] = time) -> None:
        """`role` is the data role's ARN; clients share connections and retries with `tables`; `clock` gives Unix time in seconds."""
        self._sts = sts
        self._role = role
        self._tables = tables
        self._clock = clock
        self._clients: dict[str, tuple[float, DynamoDb]] = {}
        self._lock = allocate_lock()

    def client(self, identity_id: str) -> DynamoDb:
        """A client for this identity's items, with credentials good for five minutes at least. Raises ServiceError."""
        with self._lock:
            expires, client = self._clients.pop(identity_id, (0.0, None))
            now = self._clock()
            if client is None or expires - now < REFRESH_BEFORE_S:
                expires, client = now + LIFETIME_S, self._tables.with_credentials(assume_role(self._sts, self._role, identity_id))
            while len(self._clients) >= MOST_SESSIONS:
                del self._clients[next(iter(self._clients))]
            self._clients[identity_id] = (expires, client)  # last in the dict is the one used last
            return client

    def close(self) -> None:
        """Closes kept connections to STS; those to the tables are the table client's."""
        self._sts.close()


class CallerTables:
    """The tables as one identity may use them; asks for credentials with the first call, and anew when they grow old."""

    __slots__ = ("_identity_id", "_sessions")

    def __init__(self, sessions: DataSessions, identity_id: str) -> None:
        self._sessions = sessions
        self._identity_id = identity_id

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._sessions.client(self._identity_id).call(operation, request)


def assume_role(sts: Service, role: str, identity_id: str) -> Credentials:
    """The role's temporary credentials, tagged with the identity. Raises ServiceError."""
    parameters = {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": role,
        "RoleSessionName": session_name(identity_id),
        "DurationSeconds": str(LIFETIME_S),
        "Tags.member.1.Key": IDENTITY_TAG,
        "Tags.member.1.Value": identity_id,
    }
    body = "&".join(f"{name}={percent_encode(value)}" for name, value in parameters.items()).encode()
    answer = sts.post({"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, body, _failure)
    text = answer.body.decode("utf-8", "replace")
    told = [xml_text(text, name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    if not all(told):
        raise ServiceError("sts: the answer holds no credentials", "InvalidAnswer")
    return Credentials(*told)


def session_name(identity_id: str) -> str:
    """The identity as a RoleSessionName, which knows neither colons nor more than 64 characters: for CloudTrail's readers only."""
    kept = (character if character.isascii() and (character.isalnum() or character in "+=,.@-_") else "." for character in identity_id[:64])
    return "".join(kept).ljust(2, ".")


def xml_text(document: str, name: str) -> str:
    """The text of the first element `name` that has no attributes and no children; empty when there is none. STS's answers are that plain."""
    _, found, rest = document.partition(f"<{name}>")
    text, closed, _ = rest.partition(f"</{name}>")
    if not found or not closed or "<" in text:
        return ""
    first, *parts = text.split("&")
    return first + "".join(_entity(part) for part in parts)


def _entity(text: str) -> str:
    """What an ampersand began: `amp;rest` -> `&rest`, `#65;` -> `A`."""
    name, semicolon, rest = text.partition(";")
    if not semicolon:
        return f"&{text}"
    if name.startswith("#"):
        number = name[1:]
        return chr(int(number[1:], 16) if number[:1] in ("x", "X") else int(number)) + rest
    return _ENTITIES.get(name, f"&{name};") + rest


def _failure(answer: Answer) -> tuple[str, str]:
    text = answer.body.decode("utf-8", "replace")
    return xml_text(text, "Code") or f"HTTP status {answer.status}", xml_text(text, "Message")
