"""An AWS whose Nth answer goes wrong: faults that come from the way there or from AWS itself, put where botocore sends and receives.

Everything behind is real: botocore's own retries see the fault, and the account has, or has not, carried out the call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from deep.provision.account.aws import Aws

AHEAD = timedelta(minutes=16, seconds=2)
"""How far this machine's clock is before AWS's in the fault `clock skew`."""
LAMBDA = "/2015-03-31/functions/"
"""What the paths of its calls begin with."""
Fault = Callable[[AWSPreparedRequest], AWSResponse | None]


@dataclass(frozen=True, slots=True)
class Raw:
    """The body of an answer, as botocore reads it."""

    body: bytes

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self.body]


def answer(request: AWSPreparedRequest, status: int, code: str, *, at: datetime | None = None) -> AWSResponse:
    """An error in the protocol that the request is in: AWS's query, S3's XML, JSON, Lambda's JSON by REST, or Smithy's RPC in CBOR."""
    headers = {"Content-Type": "text/xml", "Date": format_datetime(at or datetime.now(UTC), usegmt=True)}
    told = {"__type": code, "message": "injected"}
    if "smithy-protocol" in request.headers:
        body, headers["smithy-protocol"] = _cbor(told), "rpc-v2-cbor"
    elif "X-Amz-Target" in request.headers:
        body = json.dumps(told).encode()
    elif LAMBDA in request.url:
        body, headers["x-amzn-errortype"] = json.dumps({"Message": "injected"}).encode(), code
    elif "/" in request.url.split("//", 1)[1].rstrip("/") or request.method in ("PUT", "HEAD"):
        body = f"<Error><Code>{code}</Code><Message>injected</Message></Error>".encode()
    else:
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>injected</Message></Error></ErrorResponse>".encode()
    return AWSResponse(request.url, status, headers, Raw(b"" if request.method == "HEAD" else body))


def _cbor(texts: Mapping[str, str]) -> bytes:
    """A map of short texts (RFC 8949, 3.1)."""
    parts = [part.encode() for pair in texts.items() for part in pair]
    return bytes([0xA0 + len(texts)]) + b"".join(bytes([0x78, len(part)]) + part for part in parts)


def throttled(request: AWSPreparedRequest) -> AWSResponse:
    """S3 says so by 503 alone where an answer has no body."""
    return answer(request, 503, "SlowDown") if request.method == "HEAD" else answer(request, 400, "ThrottlingException")


def reset(request: AWSPreparedRequest) -> None:
    raise ConnectionClosedError(endpoint_url=request.url)


def timeout_after_applied(request: AWSPreparedRequest) -> None:
    URLLib3Session().send(request)
    raise ReadTimeoutError(endpoint_url=request.url)


TRANSIENT: Mapping[str, Fault] = {
    "throttled": throttled,
    "error 500": lambda request: answer(request, 500, "InternalError"),
    "connection reset": reset,
    "timeout after applied": timeout_after_applied,
}
"""What passes by itself."""
TOLD: Mapping[str, Fault] = {
    "expired credentials": lambda request: answer(request, 403, "ExpiredToken"),
    "clock skew": lambda request: answer(request, 403, "RequestTimeTooSkewed", at=datetime.now(UTC) - AHEAD),
}
"""What somebody has to mend: it lasts until then."""


class Faulty:
    """Makes the `at`-th call of a cloud (counted from 1, retries not) meet a fault, once or from then on. `calls` are the names of all, in order."""

    def __init__(self, cloud: Aws, fault: Fault | None = None, at: int = 0, *, lasts: bool = False) -> None:
        self.calls: list[str] = []
        self._fault, self._at, self._lasts = fault, at, lasts
        self._is_due = False
        self._lock = Lock()
        make = cloud._client

        def client(service: str) -> Any:
            with self._lock:
                is_new = service not in cloud._clients
                made = make(service)
                if is_new:
                    made.meta.events.register("before-call", self._count)
                    made.meta.events.register("before-send", self._send)
            return made

        cloud._client = client  # type: ignore[method-assign]

    def _count(self, model: Any, **_: Any) -> None:
        with self._lock:
            self.calls.append(model.name)
            self._is_due = self._is_due or len(self.calls) == self._at

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        with self._lock:
            if not self._is_due or self._fault is None:
                return None
            self._is_due = self._lasts
        return self._fault(request)
