"""Which parts of an app a deploy brings up to date, when it is not to be all of it; the rest stays as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deep.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """`functions` are identifiers of actions, and None is everything but the pages; `pages` is the site."""

    functions: frozenset[str] | None = None
    pages: bool = True


@dataclass(frozen=True, slots=True)
class Keeping:
    """Functions that are brought up to date, among templates that stand otherwise (as `changes.Templates` has them)."""

    functions: frozenset[str]
    standing: Mapping[str, Mapping[str, Any]]
