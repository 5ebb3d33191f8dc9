"""DEEP's front door for those who write functions: `from deep import Runtime, lambda_handler`.

Names are loaded when they are first asked for (PEP 562), so that importing any room of `deep` costs nothing of the others: a function's cold start
pays only for what it uses.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from deep.runtime.context import Context
    from deep.runtime.exceptions import (
        ConflictError,
        DatabaseOperationError,
        ForbiddenError,
        HttpError,
        InvalidArgumentError,
        MissingUserContextError,
        ResourceNotFoundError,
        ValidationError,
    )
    from deep.runtime.handler import Runtime, lambda_handler
    from deep.runtime.kernel import Kernel
    from deep.runtime.request import Request
    from deep.runtime.response import Response

__version__ = "0.1.0"

__all__ = [
    "ConflictError",
    "Context",
    "DatabaseOperationError",
    "ForbiddenError",
    "HttpError",
    "InvalidArgumentError",
    "Kernel",
    "MissingUserContextError",
    "Request",
    "ResourceNotFoundError",
    "Response",
    "Runtime",
    "ValidationError",
    "__version__",
    "lambda_handler",
]

_HOMES = {
    "Context": "context",
    "Kernel": "kernel",
    "Request": "request",
    "Response": "response",
    "Runtime": "handler",
    "lambda_handler": "handler",
}
"""Where a name lives below `deep.runtime`; all others are exceptions."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'deep' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"deep.runtime.{_HOMES.get(name, 'exceptions')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
