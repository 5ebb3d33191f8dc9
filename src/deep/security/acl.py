"""The browser's artefact: what each role may call, so that a page offers nothing that would be refused."""

from __future__ import annotations

from deep.security.grants import Grants


def acl_of(grants: Grants) -> dict[str, list[str]]:
    """Role -> the identifiers of the actions it may call, sorted. Wildcards and Deny are worked out already: what is listed is allowed."""
    return {role: list(grants.allowed(role)) for role in grants.roles}
