"""A signed POST to an AWS service that is called now and then: to STS and SSM. Tables, called all the time, have a client of their own."""

from __future__ import annotations

from hashlib import sha256
from time import time

from deep.runtime import aws
from deep.runtime.exceptions import HttpError
from deep.runtime.stamps import amz_date
from deep.runtime.transport import Answer, Origin, TransportError
from deep.wire.sigv4 import Signer, canonical_request, signed_header_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from deep.runtime.retry import RetryPolicy
    from deep.wire.sigv4 import Credentials


class ServiceError(HttpError):
    """500: a service refused, or could not be reached. `code` is AWS's own word, such as `AccessDeniedException`."""

    status_code = 500

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Service:
    """One service in one region. Its requests must be such that sending them twice does no harm."""

    def __init__(self, name: str, region: str, credentials: Credentials, retry: RetryPolicy) -> None:
        self.name = name
        self._origin = Origin(aws.endpoint(name, region))
        self._credentials = credentials
        self._signer = Signer(credentials, region, name)
        self._retry = retry

    def post(self, headers: dict[str, str], body: bytes, failure: Callable[[Answer], tuple[str, str]]) -> Answer:
        """The answer, of status 200. `failure` reads (code, message) from any other. Raises ServiceError."""
        attempt = 0
        while True:
            attempt += 1
            code, message = "Unreachable", ""
            try:
                answer = self._origin.exchange(self._request(headers, body))
            except TransportError as error:
                is_transient, message = True, f"{self.name} does not answer ({error})"
            else:
                if answer.status == 200:
                    self._retry.succeeded()
                    return answer
                code, message = failure(answer)
                is_transient = _is_transient(answer.status, code)
            if not is_transient or not self._retry.may_retry(attempt):
                raise ServiceError(f"{self.name}: {code}: {message}", code)
            self._retry.pause(attempt, throttled=_is_throttle(code))

    def close(self) -> None:
        """Closes kept connections."""
        self._origin.close()

    def _request(self, headers: dict[str, str], body: bytes) -> bytes:
        date = amz_date(time())
        signed = {"Host": self._origin.authority, "X-Amz-Date": date, **headers}
        if self._credentials.session_token:
            signed["X-Amz-Security-Token"] = self._credentials.session_token
        canonical = canonical_request("POST", "/", "", signed, sha256(body).hexdigest())
        authorization = self._signer.authorization(date, canonical, signed_header_names(signed))
        lines = "".join(f"{name}: {value}\r\n" for name, value in (*signed.items(), ("Authorization", authorization)))
        return f"POST / HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body


def _is_transient(status: int, code: str) -> bool:
    from deep.runtime.retry import is_transient

    return is_transient(status, code)


def _is_throttle(code: str) -> bool:
    from deep.runtime.retry import THROTTLES

    return code in THROTTLES
