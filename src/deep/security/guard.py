"""The gateway's artefact: which roles each action lets in."""

from __future__ import annotations

from collections.abc import Mapping

from deep.model import App
from deep.security.grants import Grants


def guard_of(app: App, grants: Grants) -> Mapping[str, frozenset[str]]:
    """Action identifier -> the roles that may call it. An action that is not in it lets nobody in."""
    return {action.identifier: frozenset(role for role in grants.roles if grants.decide(role, action.identifier).allowed) for action in app.actions}
