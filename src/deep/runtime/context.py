"""The invocation as a handler sees it: Lambda's context, and who calls."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Context:
    """Wraps what Lambda gives. All of Lambda's attributes can be read here; a few have the names of the original (`deep-2016` 2.3)."""

    def __init__(self, lambda_context: object, event: object = None) -> None:
        self.lambda_context = lambda_context
        self.identity_id = identity_of(event, lambda_context)
        self.is_authenticated = _is_authenticated(event, self.identity_id)

    @property
    def aws_request_id(self) -> str:
        return str(self.get_option("aws_request_id", ""))

    @property
    def invoked_function_arn(self) -> str:
        return str(self.get_option("invoked_function_arn", ""))

    def get_remaining_time_in_millis(self) -> int:
        """How long this invocation may still take; 0 when it is not known."""
        remaining = self.get_option("get_remaining_time_in_millis")
        return int(remaining()) if remaining else 0

    def has(self, name: str) -> bool:
        return self.get_option(name) is not None

    def get_option(self, name: str, default: Any = None) -> Any:
        """An attribute of Lambda's context, or `default`."""
        value = getattr(self.lambda_context, name, None)
        return default if value is None else value


def http_part(event: object) -> dict[str, Any] | None:
    """`requestContext.http` of an HTTP API event (payload format 2.0); None for every other event."""
    request_context = event.get("requestContext") if isinstance(event, dict) else None
    http = request_context.get("http") if isinstance(request_context, dict) else None
    return http if isinstance(http, dict) else None


def identity_of(event: object, lambda_context: object) -> str | None:
    """The caller's Cognito identity; None without one.

    What Lambda's context says comes first: it is set by whoever runs the function, whereas a direct call may send an event that looks like HTTP. For
    HTTP events without it, the API's authorizer has put the identity into the event.
    """
    told = _text(getattr(getattr(lambda_context, "identity", None), "cognito_identity_id", None))
    if told is None and http_part(event) is not None:
        told = _text(_cognito_identity(event).get("identityId"))
    return told


def _is_authenticated(event: object, identity_id: str | None) -> bool:
    if identity_id is None:
        return False
    if http_part(event) is None:
        return True
    methods = _cognito_identity(event).get("amr") or []
    return "authenticated" in methods


def _cognito_identity(event: Any) -> dict[str, Any]:
    """`requestContext.authorizer.iam.cognitoIdentity`, {} where any part of it is missing."""
    found: Any = event.get("requestContext")
    for part in ("authorizer", "iam", "cognitoIdentity"):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
