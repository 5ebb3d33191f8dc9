"""The one decision: may this role call this action? IAM documents, the gateway's guard and the browser's ACL are all made from it.

Nothing is allowed that no statement allows, and what any statement denies is denied. Somebody acts in one role at a time, as Amazon Cognito's
identity pools give one role's credentials: `unauthenticated` before sign-in, `authenticated` after it, or one group, whose members are authenticated
too.
Source of the rule language: the article, "Enforcing Security"; deep-2016 2.8 (wildcards, Deny wins).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deep.errors import Place
from deep.frozen import dataclass
from deep.model import Action, App, Role, Statement
from deep.model.sharing import is_shared, matches

UNAUTHENTICATED = "unauthenticated"
AUTHENTICATED = "authenticated"
_BUILT_IN = (UNAUTHENTICATED, AUTHENTICATED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision and why: the statement that decided, or the action's own place where it asks nobody who they are; None where nothing grants it."""

    allowed: bool
    because: Place | None = None


_Reach = tuple[Statement, tuple[Action, ...]]
"""A statement and the actions it speaks of."""
_NOTHING_GRANTS_IT = Verdict(allowed=False)


@dataclass(frozen=True, slots=True)
class Grants:
    """Every decision of an app. `roles` are the two that Cognito knows, then the groups, the one that acts first coming first.

    `verdicts` maps role to action identifier to what was decided; what is not in it is denied because nothing grants it.
    """

    roles: tuple[str, ...]
    verdicts: Mapping[str, Mapping[str, Verdict]]

    @property
    def groups(self) -> tuple[str, ...]:
        return self.roles[len(_BUILT_IN) :]

    def decide(self, role: str, action: str) -> Verdict:
        """Whether `role` may call the action `deep.todo:task:create`. A role or action that does not exist is refused like any other."""
        return self.verdicts.get(role, {}).get(action, _NOTHING_GRANTS_IT)

    def allowed(self, role: str) -> tuple[str, ...]:
        """The identifiers of all actions that `role` may call, sorted."""
        return tuple(sorted(action for action, verdict in self.verdicts.get(role, {}).items() if verdict.allowed))

    def acting_role(self, groups: Iterable[str]) -> str:
        """The role that a signed-in user acts in, who is in `groups`: the first of them by precedence."""
        members = set(groups)
        return next((group for group in self.groups if group in members), AUTHENTICATED)


def grants_of(app: App) -> Grants:
    """All decisions of an app. Roles of the same name in several microapplications add up."""
    roles = (*_BUILT_IN, *_groups(app))
    told: dict[str, list[_Reach]] = {role: [] for role in roles}
    for role, statement, reached in _reaches(app):
        told[role.name].append((statement, reached))
    for group in roles[len(_BUILT_IN) :]:
        told[group] = told[AUTHENTICATED] + told[group]
    return Grants(roles, {role: _verdicts(app, told[role]) for role in roles})


def _groups(app: App) -> list[str]:
    """Groups by precedence, then by name; the least number any microapplication gives a group counts."""
    last = float("inf")
    precedence: dict[str, float] = {}
    for role in (role for microapp in app.microapps for role in microapp.roles if role.name not in _BUILT_IN):
        told = last if role.precedence is None else role.precedence
        precedence[role.name] = min(precedence.get(role.name, last), told)
    return sorted(precedence, key=lambda group: (precedence[group], group))


def _reaches(app: App) -> Iterator[tuple[Role, Statement, tuple[Action, ...]]]:
    """Every statement with the actions it speaks of: those it names, of its own microapplication or exported to it, and not private."""
    owners = {microapp.identifier: microapp for microapp in app.microapps}
    for microapp in app.microapps:
        callable_ = [action for action in app.actions if action.scope != "private" and is_shared(action, microapp, owners[action.microapp])]
        for role in microapp.roles:
            for statement in role.statements:
                yield role, statement, tuple(action for action in callable_ if _names(statement, action))


def _names(statement: Statement, action: Action) -> bool:
    resource = f"{action.microapp}:{action.resource}"
    return any(matches(one, action.identifier) for one in statement.actions) and any(matches(one, resource) for one in statement.resources)


def _verdicts(app: App, statements: Iterable[_Reach]) -> dict[str, Verdict]:
    verdicts = {action.identifier: Verdict(True, action.place) for action in app.actions if _is_open(action)}
    for statement, reached in statements:
        for action in reached:
            decided = verdicts.get(action.identifier)
            if _is_open(action) or (decided is not None and not decided.allowed):
                continue
            if decided is None or statement.effect == "Deny":
                verdicts[action.identifier] = Verdict(statement.effect == "Allow", statement.place)
    return verdicts


def _is_open(action: Action) -> bool:
    """Whether the action's route asks nobody who they are, so that everybody may call it."""
    return action.authorization == "NONE" and action.scope != "private"
