"""Handlers: the class authors derive from, and the Lambda handler made of it.

The order of an invocation (`deep-2016` 2.3): context and user, `forceUserIdentity` (403), validation (400), `handle`. Over HTTP an exception becomes
an answer with its status; in a direct call it is raised, and Lambda reports it.
"""

from __future__ import annotations

from deep.runtime.context import Context, http_part, identity_of
from deep.runtime.exceptions import HttpError, MissingUserContextError
from deep.runtime.kernel import Kernel, kernel_for, process_deployment
from deep.runtime.request import Request, carries_text_only, data_of
from deep.runtime.response import Outbox, Response, direct_answer, http_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from deep.runtime.validation import Schema

    LambdaHandler = Callable[..., Any]


class Runtime:
    """Derive from it and write `handle(self, request)`, plain or `async`. A new instance serves each invocation, so `self` leaks nothing."""

    validation_schema: ClassVar[Schema | None] = None
    """Name of a schema, dict of field types, or function; None is what `resources.json` says for the action."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.context = kernel.context
        self._outbox = Outbox()

    def handle(self, request: Request) -> Any:
        """The microservice. What it returns is the answer: data, or a response made by `create_response`."""
        raise NotImplementedError(f"{type(self).__name__} has no method handle(self, request)")

    @property
    def logged_user_id(self) -> str | None:
        """The caller's identity; None when the call carries none."""
        return self.kernel.identity_id

    @property
    def force_user_identity(self) -> bool:
        """Whether calls without an identity are refused; `resources.json` says so for the action."""
        return self.kernel.config["forceUserIdentity"]

    def create_response(self, data: Any = None, status_code: int = 200) -> Response:
        """A successful answer; return it or call `.send()`."""
        return Response(data, status_code=status_code, outbox=self._outbox)

    def create_error(self, error: BaseException | str) -> Response:
        """An answer that says what went wrong; return it or call `.send()`."""
        return Response.of_error(error if isinstance(error, BaseException) else HttpError(error), self._outbox)

    def validate_input(self, schema: Schema, data: Any, *, convert: bool = False) -> Any:
        """`data` as `schema` leaves it. Raises ValidationError."""
        return self.kernel.get("validation").validate(schema, data, convert=convert)

    def run(self, event: Any, lambda_context: Any = None) -> Any:
        """One invocation, from Lambda's event to Lambda's answer."""
        context = self.context = self.kernel.context = Context(lambda_context, event)
        try:
            response = self._respond(event, context)
            if http_part(event) is None:
                return direct_answer(response)
            return http_answer(response, development=self.kernel.config["development"])
        finally:
            self.kernel.context = None

    def _respond(self, event: Any, context: Context) -> Response:
        try:
            response = self._answer(event, context)
        except Exception as error:  # noqa: BLE001  # whatever the author's code raises becomes the answer
            response = Response.of_error(error, self._outbox)
        if response.error is not None and response.status_code >= 500 and http_part(event) is not None:
            self._log_failure(response.error)
        return response

    def _answer(self, event: Any, context: Context) -> Response:
        if self.force_user_identity and context.identity_id is None:
            raise MissingUserContextError("this action is for known users only")
        schema = self.validation_schema or self.kernel.config["validationSchema"]
        data = data_of(event)
        if schema:
            data = self.validate_input(schema, data, convert=carries_text_only(event))
        result = self.handle(Request(event, data, context))
        if hasattr(result, "__await__"):
            result = run_async(result)
        return self._outbox.response or (result if isinstance(result, Response) else self.create_response(result))

    def _log_failure(self, error: BaseException) -> None:
        from deep.runtime.faults import trace_lines

        self.kernel.get("log").err(str(error), errorType=type(error).__name__, stackTrace=trace_lines(error))


def lambda_handler(target: type[Runtime] | Callable[..., Any]) -> LambdaHandler:
    """A Lambda handler `(event, context)` from a `Runtime` class, or from a function `(request)` or `(request, kernel)`; also as a decorator.

    Nothing is read until the first call, so a module with a handler can be imported anywhere.
    """
    handler_class = target if isinstance(target, type) else _class_of(target)

    def handler(event: Any, context: Any = None) -> Any:
        return handler_class(kernel_for(process_deployment(), identity_of(event, context))).run(event, context)

    handler.__name__ = getattr(target, "__name__", "handler")
    handler.__doc__ = target.__doc__
    handler.__module__ = target.__module__
    return handler


def _class_of(function: Callable[..., Any]) -> type[Runtime]:
    wants_kernel = _positional_count(function) > 1

    class FunctionHandler(Runtime):
        validation_schema = getattr(function, "validation_schema", None)

        def handle(self, request: Request) -> Any:
            return function(request, self.kernel) if wants_kernel else function(request)

    return FunctionHandler


def _positional_count(function: Callable[..., Any]) -> int:
    code = getattr(function, "__code__", None)
    return int(code.co_argcount) if code else 1


def run_async(awaitable: Any) -> Any:
    """What an author's `async` function comes to."""
    import asyncio

    async def wait() -> Any:
        return await awaitable

    return asyncio.run(wait())
