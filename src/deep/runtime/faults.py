"""Failed invocations in Lambda's own words: error types, messages, and traces trimmed to the author's lines."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from deep.wire.invocation import Fault

_OUR_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep


def fault(error_type: str, message: str, trace: list[str] | None = None) -> Fault:
    """A failure that Lambda's runtime itself reports, such as `Runtime.HandlerNotFound`."""
    return {"errorType": error_type, "errorMessage": message, "stackTrace": trace or []}


def fault_of(error: BaseException) -> Fault:
    """An exception of the author's code, as Lambda's Python runtime reports it."""
    return fault(type(error).__name__, str(error), trace_lines(error))


def trace_lines(error: BaseException) -> list[str]:
    """The traceback without our own frames and the import system's, formatted as Python does; causes come first, as Python tells them."""
    lines: list[str] = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        lines += trace_lines(cause)
        lines.append(f"{type(cause).__name__}: {cause}\n")
        lines.append("which led to\n")
    return lines + _frames(error.__traceback__)


def _frames(trace: TracebackType | None) -> list[str]:
    from linecache import getline

    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith((_OUR_FOLDER, "<frozen")):
            source = getline(code.co_filename, trace.tb_lineno, trace.tb_frame.f_globals).strip()
            lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}\n    {source}\n')
        trace = trace.tb_next
    return lines
