"""The `resource` service: backend calls backend (parity 54, 57).

`kernel.get("resource").get("@deep.todo:task").request("create", payload).send()`. Lambda actions are called through Lambda's own Invoke API, external
ones over HTTP. A Lambda call is not sent twice when its answer is lost, because the function may have run.
"""

from __future__ import annotations

from hashlib import sha256
from time import time

from deep.runtime import aws, jsontext
from deep.runtime.exceptions import HttpError, InvalidArgumentError, allowed_status
from deep.runtime.stamps import amz_date
from deep.runtime.transport import Answer, Origin, TransportError
from deep.wire.sigv4 import Signer, canonical_query, canonical_request, percent_encode, signed_header_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from deep.runtime.kernel import Kernel
    from deep.wire.config import FunctionActionShape

_BODILESS = frozenset(("GET", "HEAD", "DELETE"))


class CallResult:
    """What a call answered; the same members for every route (parity 56, 58). `error` is {errorType, errorMessage, ...}, None on success."""

    __slots__ = ("data", "error", "headers", "raw_data", "request_id", "status_code")

    def __init__(self, answer: Answer, status_code: int, error: dict[str, Any] | None) -> None:
        self.raw_data = answer.body
        self.headers = answer.headers
        self.request_id = answer.headers.get("x-amzn-requestid")
        self.status_code = status_code
        self.error = error
        self.data = None if error or not answer.body else _json_or_text(answer.body)

    @property
    def is_error(self) -> bool:
        return self.error is not None


class Resources:
    """Resources and actions by reference."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._origins: dict[str, Origin] = {}

    def has(self, reference: str) -> bool:
        try:
            self.get(reference)
        except InvalidArgumentError:
            return False
        return True

    def get(self, reference: str) -> Any:
        """`@deep.todo:task` -> ResourceInstance, `@deep.todo:task:create` -> Action. A function knows those that it uses.

        Raises InvalidArgumentError naming what is unknown.
        """
        microapp, path = self._kernel.resolve(reference)
        resource, _, action = path.partition(":")
        known = self._kernel.microapp_config(microapp)["resources"]
        if resource not in known:
            raise InvalidArgumentError(_unknown(microapp, f"resource {resource!r}", known))
        instance = ResourceInstance(self, f"{microapp}:{resource}", known[resource])
        return instance.action(action) if action else instance

    def invoke(self, function: str, payload: Any, *, is_async: bool) -> CallResult:
        """Calls a Lambda function (Lambda API Reference, "Invoke"); `is_async` returns at once, with 202."""
        region = self._kernel.deployment.region
        origin = self._origin(aws.endpoint("lambda", region))
        credentials = aws.credentials()
        body = jsontext.dumps_response(payload).encode()
        date = amz_date(time())
        path = f"/2015-03-31/functions/{percent_encode(function)}/invocations"
        headers = {"Host": origin.authority, "X-Amz-Date": date, "X-Amz-Invocation-Type": "Event" if is_async else "RequestResponse"}
        if credentials.session_token:
            headers["X-Amz-Security-Token"] = credentials.session_token
        canonical = canonical_request("POST", path, "", headers, sha256(body).hexdigest())
        headers["Authorization"] = Signer(credentials, region, "lambda").authorization(date, canonical, signed_header_names(headers))
        return _lambda_result(_exchange(origin, "POST", path, headers, body))

    def fetch(self, url: str, method: str, payload: Any) -> CallResult:
        """Calls an external action: data as a query string without a body, as JSON with one."""
        scheme, _, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        origin = self._origin(f"{scheme}://{authority}")
        target, body = f"{slash or '/'}{path}", b""
        headers = {"Host": authority, "Accept": "application/json"}
        if method in _BODILESS:
            query = canonical_query((name, _query_text(value)) for name, value in (payload or {}).items())
            target += ("&" if "?" in target else "?") + query if query else ""
        else:
            headers["Content-Type"] = "application/json"
            body = jsontext.dumps_response(payload).encode()
        answer = _exchange(origin, method, target, headers, body)
        error = None if answer.status < 400 else _error_of(answer.body, f"HTTP status {answer.status}")
        return CallResult(answer, answer.status, error)

    def _origin(self, url: str) -> Origin:
        if url not in self._origins:
            self._origins[url] = Origin(url, read_timeout_s=900)  # a function may take as long as Lambda lets it
        return self._origins[url]


def _unknown(owner: str, what: str, known: Iterable[str]) -> str:
    there = ", ".join(known) or "none"
    return f"{owner} has no {what} that this function's code or `uses` in resources.json say it calls; of those there are: {there}"


class ResourceInstance:
    """A resource: its actions by name."""

    def __init__(self, resources: Resources, name: str, actions: dict[str, FunctionActionShape]) -> None:
        self._resources = resources
        self._name = name
        self._actions = actions

    def has(self, action: str) -> bool:
        return action in self._actions

    def action(self, name: str) -> Action:
        """Raises InvalidArgumentError for an unknown action."""
        if name not in self._actions:
            raise InvalidArgumentError(_unknown(self._name, f"action {name!r}", self._actions))
        return Action(self._resources, f"{self._name}:{name}", self._actions[name])

    def request(self, action: str, payload: Any = None, method: str | None = None) -> Call:
        return self.action(action).request(payload, method)


class Action:
    """One action of a resource."""

    def __init__(self, resources: Resources, identifier: str, shape: FunctionActionShape) -> None:
        self._resources = resources
        self._identifier = identifier
        self._shape = shape

    def request(self, payload: Any = None, method: str | None = None) -> Call:
        """A call that `.send()` makes. `method` is the action's first one unless told (parity 55); another raises InvalidArgumentError."""
        allowed = self._shape["methods"]
        chosen = method or (allowed[0] if allowed else "GET")
        if allowed and chosen not in allowed:
            raise InvalidArgumentError(f"{self._identifier} does not take {chosen}; it takes {', '.join(allowed)}")
        return Call(self._resources, self._shape, {} if payload is None else payload, chosen)


class Call:
    """A call not yet made."""

    def __init__(self, resources: Resources, shape: FunctionActionShape, payload: Any, method: str) -> None:
        self._resources = resources
        self._shape = shape
        self._payload = payload
        self._method = method
        self._is_async = False

    def invoke_async(self) -> Call:
        """Do not wait for the answer: the result has status 202 and no data. Lambda actions only."""
        if self._shape["type"] != "lambda":
            raise InvalidArgumentError("only lambda actions can be called asynchronously")
        self._is_async = True
        return self

    def send(self) -> CallResult:
        """Makes the call. Errors of the callee are in the result; raises HttpError (500) when it cannot be reached."""
        if self._shape["type"] == "lambda":
            return self._resources.invoke(self._shape["functionName"], self._payload, is_async=self._is_async)
        return self._resources.fetch(self._shape["url"], self._method, self._payload)


def _exchange(origin: Origin, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"{method} {target} HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
    try:
        return origin.exchange(request, idempotent=method in ("GET", "HEAD"))
    except TransportError as error:
        raise HttpError(f"{origin} does not answer: {error}", 500) from error


def _lambda_result(answer: Answer) -> CallResult:
    if answer.status >= 400:
        return CallResult(answer, allowed_status(answer.status), _error_of(answer.body, f"Lambda answered {answer.status}"))
    if "x-amz-function-error" in answer.headers:
        return CallResult(answer, 500, _error_of(answer.body, "the function failed"))
    return CallResult(answer, answer.status, None)


def _error_of(body: bytes, fallback: str) -> dict[str, Any]:
    document = _json_or_text(body)
    if isinstance(document, dict) and "errorMessage" in document:
        return document
    message = document.get("message") or document.get("Message") if isinstance(document, dict) else None
    return {"errorType": "HttpError", "errorMessage": str(message or fallback)}


def _json_or_text(body: bytes) -> Any:
    try:
        return jsontext.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _query_text(value: Any) -> str:
    return value if isinstance(value, str) else jsontext.dumps_response(value)
