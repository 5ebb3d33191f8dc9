"""DynamoDB's protocol: signed JSON over one kept connection.

Source: DynamoDB Developer Guide, "DynamoDB low-level API" and "Error handling". Every operation DEEP sends may be repeated without harm, so a call
whose answer was lost is sent again: reads by nature; puts and updates because they set whole values under a condition, and `deep.runtime.db`
recognises its own earlier write; deletes because what is gone stays gone; transactions by their `ClientRequestToken`.
"""

from __future__ import annotations

from hashlib import sha256
from time import time

from deep.runtime import jsontext
from deep.runtime.exceptions import DatabaseOperationError, InvalidArgumentError
from deep.runtime.retry import THROTTLES, RetryPolicy, is_transient
from deep.runtime.stamps import amz_date
from deep.runtime.transport import Answer, Origin, TransportError
from deep.wire.sigv4 import Credentials, Signer, canonical_request, signed_header_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class TablesClient(Protocol):
        """What tables are called through: `DynamoDb`, or `deep.runtime.session.CallerTables`."""

        def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]: ...


_CONTENT_TYPE = "application/x-amz-json-1.0"
_DATE_MARK = "@date"
_SKEW_CODES = frozenset(("InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"))


class ConditionFailedError(DatabaseOperationError):
    """The condition of a write did not hold. `item` is what the table holds instead, in wire form ({} when nothing).

    `attempts` tells how often the request was sent: above 1, the item may be the work of an earlier attempt whose answer was lost.
    """

    def __init__(self, item: dict[str, Any], attempts: int) -> None:
        super().__init__("the condition did not hold", "ConditionalCheckFailedException")
        self.item = item
        self.attempts = attempts


class TransactionCancelledError(DatabaseOperationError):
    """A transaction did nothing. `reasons` holds a code per operation: `None`, `ConditionalCheckFailed`, `TransactionConflict`, ..."""

    def __init__(self, message: str, reasons: list[str]) -> None:
        super().__init__(message, "TransactionCanceledException")
        self.reasons = reasons


class DynamoDb:
    """Calls operations by name: `client.call("GetItem", {...})`. Safe to share between threads."""

    def __init__(
        self, url: str, region: str, credentials: Credentials, *, retry: RetryPolicy | None = None, clock: Callable[[], float] = time
    ) -> None:
        """`clock` gives Unix time in seconds."""
        self._origin = Origin(url)
        self._region = region
        self._retry = retry or RetryPolicy()
        self._clock = clock
        self._bear(credentials)

    def with_credentials(self, credentials: Credentials) -> DynamoDb:
        """The same tables under other credentials; connections and retries are shared."""
        other = object.__new__(DynamoDb)
        other._origin, other._region, other._retry, other._clock = self._origin, self._region, self._retry, self._clock
        other._bear(credentials)
        return other

    def _bear(self, credentials: Credentials) -> None:
        self._signer = Signer(credentials, self._region, "dynamodb")
        self._session_token = credentials.session_token
        self._prepared: dict[str, _Prepared] = {}

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The operation's answer. Raises InvalidArgumentError (400) for values DynamoDB refuses, DatabaseOperationError for everything else."""
        try:
            body = jsontext.dumps(request).encode()
        except UnicodeEncodeError:
            raise InvalidArgumentError("text with half a surrogate pair cannot be stored") from None
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._origin.exchange(self._request(operation, body))
            except TransportError as error:
                if not self._retry.may_retry(attempt):
                    raise DatabaseOperationError(f"{operation}: the table service does not answer ({error})", "Unreachable") from error
                self._retry.pause(attempt, throttled=False)
                continue
            if answer.status == 200:
                self._retry.succeeded()
                return jsontext.loads(answer.body)  # type: ignore[no-any-return]
            details = _details(answer)
            code = str(details.get("__type", "")).rpartition("#")[2]
            if not is_transient(answer.status, code) or not self._retry.may_retry(attempt):
                raise self._failure(operation, answer, details, attempt)
            self._retry.pause(attempt, throttled=code in THROTTLES)

    def close(self) -> None:
        """Closes kept connections; the client may still be used."""
        self._origin.close()

    def _request(self, operation: str, body: bytes) -> bytes:
        prepared = self._prepared.get(operation)
        if prepared is None:
            prepared = self._prepared[operation] = _Prepared(operation, self._origin.authority, self._session_token)
        date = amz_date(self._clock())
        canonical = f"{prepared.canonical_before}{date}{prepared.canonical_after}{sha256(body).hexdigest()}"
        authorization = self._signer.authorization(date, canonical, prepared.signed_headers)
        return f"{prepared.head}X-Amz-Date: {date}\r\nAuthorization: {authorization}\r\nContent-Length: {len(body)}\r\n\r\n".encode("latin-1") + body

    def _failure(self, operation: str, answer: Answer, details: dict[str, Any], attempts: int) -> Exception:
        code = str(details.get("__type", "")).rpartition("#")[2]
        message = str(details.get("message") or details.get("Message") or f"HTTP status {answer.status}")
        if code == "ConditionalCheckFailedException":
            return ConditionFailedError(details.get("Item") or {}, attempts)
        if code == "TransactionCanceledException":
            return TransactionCancelledError(message, [str(reason.get("Code")) for reason in details.get("CancellationReasons") or ()])
        if code == "ValidationException":
            return InvalidArgumentError(f"{operation}: {message}")
        if code in _SKEW_CODES and (skew := clock_skew_s(answer.headers.get("date", ""), self._clock())) is not None:
            return DatabaseOperationError(f"{operation}: {_skew_message(skew)}", code)
        return DatabaseOperationError(f"{operation}: {code}: {message}", code)


class _Prepared:
    """What never changes between calls of one operation: the first lines of the request and the text around the date in what is signed."""

    __slots__ = ("canonical_after", "canonical_before", "head", "signed_headers")

    def __init__(self, operation: str, authority: str, session_token: str | None) -> None:
        headers = {"Host": authority, "Content-Type": _CONTENT_TYPE, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        if session_token:
            headers["X-Amz-Security-Token"] = session_token
        self.head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        headers["X-Amz-Date"] = _DATE_MARK
        self.signed_headers = signed_header_names(headers)
        self.canonical_before, _, self.canonical_after = canonical_request("POST", "/", "", headers, "").partition(_DATE_MARK)


def clock_skew_s(server_date: str, now: float) -> float | None:
    """How far this machine's clock is ahead of the `Date` header of an answer, in seconds; None when it is unreadable or within 4 minutes."""
    from email.utils import parsedate_to_datetime

    try:
        skew = now - parsedate_to_datetime(server_date).timestamp()
    except (TypeError, ValueError):
        return None
    return skew if abs(skew) > 240 else None


def _skew_message(skew_s: float) -> str:
    minutes, seconds = divmod(round(abs(skew_s)), 60)
    return f"your clock is {minutes} min {seconds} s {'ahead of' if skew_s > 0 else 'behind'} AWS; set it and try again"


def _details(answer: Answer) -> dict[str, Any]:
    try:
        details = jsontext.loads(answer.body)
    except ValueError:  # a proxy's page, say
        return {}
    return details if isinstance(details, dict) else {}
