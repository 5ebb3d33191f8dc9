"""Finds and imports the handler of an action's folder.

`bootstrap.py` with `handler` comes first (the article's convention), then `handler.py` with `handler` or a class `Handler`. Whatever is callable with
`(event, context)` is a handler; that of an action which requires an API key is guarded here, whatever it is. A folder of migrations needs none: it
gets DEEP's own.
"""

from __future__ import annotations

import os
import sys

from deep.runtime.configuration import config_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from deep.wire.invocation import Fault


class InitError(Exception):
    """The handler cannot be imported; `fault` says why in Lambda's words."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault['errorType']}: {fault['errorMessage']}")
        self.fault = fault


def load_handler(root: str) -> Callable[[Any, Any], Any]:
    """The handler of the function whose code is in `root`, which becomes the first place imports look in. Raises InitError."""
    handler = _find_handler(root)
    config = config_text()
    if b'"apiKeys"' not in config:  # the text is searched, not parsed: the first call parses it, and a cold start must not do it twice
        return handler
    from deep.runtime import jsontext, keys

    digests = jsontext.loads(config).get("apiKeys")
    return handler if digests is None else keys.guarded(handler, digests)


def _find_handler(root: str) -> Callable[[Any, Any], Any]:
    if root not in sys.path:
        sys.path.insert(0, root)
    module_name = next((name for name in ("bootstrap", "handler") if os.path.exists(os.path.join(root, f"{name}.py"))), None)
    if module_name is None:
        from deep.runtime.migrations import files_of, handler_of

        if files_of(root):
            return handler_of(root)
        raise InitError(_fault("Runtime.ImportModuleError", "Unable to import module 'handler': there is neither bootstrap.py nor handler.py"))
    module = _import(module_name)
    handler = getattr(module, "handler", None)
    if callable(handler):
        return handler  # type: ignore[no-any-return]
    handler_class = getattr(module, "Handler", None)
    if isinstance(handler_class, type):
        from deep.runtime.handler import lambda_handler

        return lambda_handler(handler_class)
    raise InitError(_fault("Runtime.HandlerNotFound", f"Handler 'handler' missing on module '{module_name}'"))


def _import(name: str) -> object:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise InitError(_fault("Runtime.ImportModuleError", f"Unable to import module '{name}': {error}", error)) from error
    except SyntaxError as error:
        line = f'  File "{error.filename}", line {error.lineno}\n    {(error.text or "").strip()}\n'
        message = f"Syntax error in module '{name}': {error}"
        raise InitError({"errorType": "Runtime.UserCodeSyntaxError", "errorMessage": message, "stackTrace": [line]}) from error
    except Exception as error:
        from deep.runtime.faults import fault_of

        raise InitError(fault_of(error)) from error


def _fault(error_type: str, message: str, error: BaseException | None = None) -> Fault:
    from deep.runtime.faults import fault, trace_lines

    return fault(error_type, message, trace_lines(error) if error else None)
