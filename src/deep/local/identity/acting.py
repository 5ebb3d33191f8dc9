"""Who unsigned requests act as in development, when the developer says so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from deep.errors import Problem, UsageError
from deep.local.identity.identity import Identities
from deep.local.identity.principal import UNAUTHENTICATED, Principal
from deep.model.nearest import did_you_mean


def acting_as(who: str, roles: Sequence[str], identities: Identities) -> Principal:
    """The principal of a user name or a role: `unauthenticated`, `authenticated` or a group. Roles come first where both have the name.

    A user acts in the first of their groups, with the identity they have when they sign in. Raises UsageError, naming whom there is.
    """
    users = identities.users
    if who == UNAUTHENTICATED:
        return identities.visitor
    if who in roles:
        user_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{users.settings.pool_id}/{who}"))
        groups = (who,) if users.settings.group(who) else ()
        return Principal(who, identities.of_user(user_id), f"somebody {who}", user_id, groups, users.settings.login)
    user = users.parts.users.find(who)
    if user is None:
        known = [*roles, *(user.username for user in users.parts.users.all())]
        help_ = did_you_mean(who, known, "there are")
        raise UsageError(Problem("nobody-to-act-as", f'"{who}" is neither a role nor a user', help=help_))
    return identities.principal_of(user)
