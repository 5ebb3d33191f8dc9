"""What accompanies an invocation and what a failed one answers, as AWS Lambda spells them."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class InvocationHead(TypedDict):
    """What AWS Lambda's context holds. `deadlineMs` is Unix time in milliseconds (as `Lambda-Runtime-Deadline-Ms`)."""

    requestId: str
    deadlineMs: int
    functionArn: str
    identityId: NotRequired[str]


class Fault(TypedDict):
    """A failed invocation, in Lambda's own words (`errorType` such as `Runtime.HandlerNotFound`); `stackTrace` holds formatted lines."""

    errorType: str
    errorMessage: str
    stackTrace: NotRequired[list[str]]


class ErrorBody(TypedDict):
    """The JSON body of every error answer, from the gateway or from a function. `errorStack` only in development."""

    errorType: str
    errorMessage: str
    errorStack: NotRequired[str]
    validationErrors: NotRequired[list[FieldError]]


class FieldError(TypedDict):
    """One field that did not validate; `path` is dotted (`address.street`), empty for the whole document."""

    path: str
    message: str


LambdaCall = TypedDict("LambdaCall", {"lambda": str, "payload": object, "method": NotRequired[str]})
"""The body of `POST /_/lambda`, the original's local protocol: `lambda` is a local function ARN or a DEEP action identifier."""
