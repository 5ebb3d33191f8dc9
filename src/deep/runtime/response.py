"""What a handler answers, and what HTTP makes of it."""

from __future__ import annotations

from deep.runtime import jsontext
from deep.runtime.exceptions import ContextAlreadySentError, HttpError, ValidationError, allowed_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from deep.wire.invocation import ErrorBody

_JSON_HEADERS = {"content-type": "application/json"}


class Outbox:
    """Holds the one answer of an invocation."""

    __slots__ = ("response",)

    def __init__(self) -> None:
        self.response: Response | None = None


class Response:
    """An answer that is not sent yet; `send()` sends it, and so does returning it from `handle`."""

    __slots__ = ("_outbox", "data", "error", "headers", "status_code")

    def __init__(self, data: Any = None, *, status_code: int = 200, headers: Mapping[str, str] | None = None, outbox: Outbox | None = None) -> None:
        self.data = data
        self.status_code = status_code
        self.headers = dict(headers or {})
        self.error: BaseException | None = None
        self._outbox = outbox or Outbox()

    @classmethod
    def of_error(cls, error: BaseException, outbox: Outbox | None = None) -> Response:
        """An answer that says what went wrong."""
        response = cls(status_code=allowed_status(error.status_code) if isinstance(error, HttpError) else 500, outbox=outbox)
        response.error = error
        return response

    def send(self) -> Response:
        """Answers the caller. Raises ContextAlreadySentError when the invocation is answered already."""
        if self._outbox.response is not None:
            raise ContextAlreadySentError("this invocation is answered already")
        self._outbox.response = self
        return self

    @property
    def is_sent(self) -> bool:
        return self._outbox.response is self


def http_answer(response: Response, *, development: bool) -> dict[str, Any]:
    """The answer as HTTP API's payload format 2.0 wants it."""
    data = response.data if response.error is None else error_body(response.error, development=development)
    return {"statusCode": response.status_code, "headers": {**_JSON_HEADERS, **response.headers}, "body": jsontext.dumps_response(data)}


def direct_answer(response: Response) -> Any:
    """The answer to a direct call: the data, as JSON can carry it. Errors are raised, so that Lambda reports them with type and trace."""
    if response.error is not None:
        raise response.error
    return jsontext.loads(jsontext.dumps_response(response.data))


def error_body(error: BaseException, *, development: bool) -> ErrorBody:
    """What the caller is told. Details of what broke inside (500) are for the log, and for the author in development."""
    is_ours = isinstance(error, HttpError) and allowed_status(error.status_code) < 500
    if not is_ours and not development:
        return {"errorType": "InternalError", "errorMessage": "the function failed; its log says why"}
    body: ErrorBody = {"errorType": type(error).__name__, "errorMessage": str(error)}
    if isinstance(error, ValidationError):
        body["validationErrors"] = error.errors
    if development and not is_ours:
        from deep.runtime.faults import trace_lines

        body["errorStack"] = "".join(trace_lines(error))
    return body
