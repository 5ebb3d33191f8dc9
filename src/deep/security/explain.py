"""Why a role may or may not call an action, and what to write to change that."""

from __future__ import annotations

from dataclasses import dataclass

from deep.model import App
from deep.security.grants import Grants


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in words: `reason` names the file and line that decided, `help` what to write for the other one, where something would do."""

    allowed: bool
    reason: str
    help: str | None


def explain(app: App, grants: Grants, role: str, identifier: str) -> Explanation:
    """The decision of `grants` about a role and an action of the app. Raises DeepError for an action that the app does not have."""
    action = app.action(identifier)
    verdict = grants.decide(role, identifier)
    if verdict.allowed and verdict.because == action.place:
        return Explanation(True, f"{identifier} asks nobody who they are: its authorization at {action.place} is NONE", None)
    if verdict.allowed:
        return Explanation(True, f"{role} may call {identifier}, by {verdict.because}", None)
    if verdict.because is not None:
        return Explanation(False, f"{role} may not call {identifier}: it is denied by {verdict.because}", "a Deny wins over every Allow: remove it")
    if action.scope == "private":
        return Explanation(False, f"{identifier} is private: only functions and its own schedule call it", None)
    file, line = _role_file(app, action.microapp, role), f'add "{identifier}" to an Allow statement of'
    return Explanation(False, f"nothing grants {identifier} to {role}", f"{line} {file}")


def _role_file(app: App, microapp: str, role: str) -> str:
    """Where the microapplication's role is, or would be."""
    owner = app.microapp(microapp)
    known = next((one.place.file for one in owner.roles if one.name == role), None)
    if known is not None:
        return known
    folder = owner.folders.roles or owner.path / "Data" / "Roles"
    path = folder / f"{role}.json"
    return path.relative_to(app.path).as_posix() if path.is_relative_to(app.path) else str(path)
