"""Byte code beside sources, as a function's Python would write it if it could: the folder of a deployed function is read-only.

Without it each cold start compiles every module again. It is "unchecked" (PEP 552): Python loads it without looking at the source's time, which all
machines that unpack an archive would set anew.
"""

from __future__ import annotations

import marshal
import sys
import warnings
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import PurePosixPath

TASK_ROOT = "/var/task"
"""Where Lambda unpacks a function (Developer Guide, "Defined runtime environment variables")."""

_UNCHECKED = (0b01).to_bytes(4, "little")
_WITHOUT_REFERENCES = 2
"""The form of marshal that does not depend on what else is alive in the process that writes."""


def byte_code_name(name: str) -> str:
    """`a/b.py` -> `a/__pycache__/b.cpython-311.pyc`."""
    path = PurePosixPath(name)
    return str(path.with_name("__pycache__") / f"{path.stem}.{sys.implementation.cache_tag}.pyc")


def byte_code(name: str, source: bytes) -> bytes | None:
    """What Python caches of the module at `name` of a package; None where Python cannot read it, which the module's import will tell."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(source, f"{TASK_ROOT}/{name}", "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return MAGIC_NUMBER + _UNCHECKED + source_hash(source) + marshal.dumps(code, _WITHOUT_REFERENCES)
