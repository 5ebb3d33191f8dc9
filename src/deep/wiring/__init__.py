"""The composition root: the one place that knows which concrete parts do each of the command line's jobs, and puts them together.

A file for each kind of job. Parts are imported inside the functions, so that a command pays for what it uses and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]
"""Hears of everything that takes long."""
