"""What a function may raise, each with the HTTP status it becomes (`deep-2016` 2.3).

Raise them from a handler and the caller gets the status, the name as `errorType` and the message; anything else is a 500 whose details stay in the
log. They are a tree of their own, smaller than `deep.errors`, because they ship into functions.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from deep.wire.invocation import FieldError

ALLOWED_STATUSES = frozenset((200, 400, 401, 403, 404, 406, 409, 500))


def allowed_status(status: int) -> int:
    """`status` if the API knows it, else its hundred (418 -> 400, 502 -> 500), else 500."""
    if status in ALLOWED_STATUSES:
        return status
    hundred = status // 100 * 100
    return hundred if hundred in ALLOWED_STATUSES else 500


class HttpError(Exception):
    """An error with an HTTP status; 400 unless told otherwise. Statuses the API does not know are rounded (`allowed_status`)."""

    status_code = 400

    def __init__(self, message: str = "", status_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if status_code is not None:
            self.status_code = status_code


class InvalidArgumentError(HttpError):
    """400: a value is of the wrong kind or out of range."""


class ValidationError(HttpError):
    """400: the input does not fit its schema. `errors` names every field, by dotted path."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error['path'] or 'the input'}: {error['message']}" for error in errors))
        self.errors = errors


class ForbiddenError(HttpError):
    """403: this caller may not do this."""

    status_code = 403


class MissingUserContextError(ForbiddenError):
    """403: the action wants a user (`forceUserIdentity`) and the call carries none."""


class ResourceNotFoundError(HttpError):
    """404: there is no such thing."""

    status_code = 404


class ConflictError(HttpError):
    """409: the thing exists already, or is not in the state the caller expected."""

    status_code = 409


class DatabaseOperationError(HttpError):
    """500: the table service refused or could not be reached. `code` is AWS's own word, such as `ThrottlingException`."""

    status_code = 500

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ContextAlreadySentError(HttpError):
    """500: the handler answered twice."""

    status_code = 500


class MissingServiceError(HttpError):
    """500: `kernel.get(name)` was asked for a service that does not exist."""

    status_code = 500


class ModelNotFoundError(HttpError):
    """500: `db.get(name)` was asked for a model that the app does not declare."""

    status_code = 500


class ConfigurationError(HttpError):
    """500: the function's `_config.json` or environment is missing something."""

    status_code = 500
