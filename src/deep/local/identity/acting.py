"""Who unsigned requests act as in development, when the developer says so."""

from __future__ import annotations

from collections.abc import Iterable

from deep.errors import Problem, UsageError
from deep.local.identity.identity import anonymous_identity
from deep.local.identity.principal import Principal


def acting_as(who: str, roles: Iterable[str], pool_id: str) -> Principal:
    """The principal of a role: `unauthenticated`, `authenticated` or a group. Raises UsageError, naming what there is."""
    known = tuple(roles)
    if who not in known:
        raise UsageError(Problem("unknown-role", f'there is no role "{who}" to act as', help=f"roles are {', '.join(known)}"))
    return Principal(who, anonymous_identity(pool_id))
