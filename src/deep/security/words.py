"""Rules in plain words: who may call what, and what each function may touch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from deep.model import Action, App, Uses, Verb
from deep.security.grants import AUTHENTICATED, UNAUTHENTICATED, Grants, Verdict

_DONE: Mapping[Verb, str] = {
    "get": "reads",
    "list": "lists",
    "find": "finds",
    "create": "creates",
    "unique": "creates unique",
    "update": "changes",
    "delete": "deletes",
}
"""What a function does with items, in the order it is told; the first three write nothing."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_READS = frozenset[Verb](("get", "list", "find"))


def who_may(action: Action, grants: Grants) -> str:
    """A sentence about an action: `Anybody may create a task (DeepTodo/Data/Roles/unauthenticated.json:4:5)`."""
    if action.scope == "private":
        return f"Only functions and its own schedule may {deed(action)} ({action.place})"
    verdicts = {role: grants.decide(role, action.identifier) for role in grants.roles}
    if action.authorization == "NONE":
        return f"Anybody may {deed(action)}, and nobody is asked who they are ({action.place})"
    allowed = [role for role, verdict in verdicts.items() if verdict.allowed]
    refused = _refused(verdicts)
    if not allowed:
        return f"Nobody may {deed(action)}: {refused or 'nothing grants it'}"
    told = f"{people(allowed, grants.roles)} may {deed(action)} ({verdicts[allowed[0]].because})"
    return f"{told}; {refused}" if refused else told


def people(roles: Sequence[str], known: Sequence[str]) -> str:
    """Roles as one calls those who act in them, a capital first; `known` are all that the app has."""
    if set(roles) == set(known):
        return "Anybody"
    signed_in = [role for role in known if role != UNAUTHENTICATED]
    named = ["visitors"] if UNAUTHENTICATED in roles else []
    if set(signed_in) <= set(roles):
        named.append("who is signed in")
    else:
        named += [("users in no group" if role == AUTHENTICATED else role) for role in known if role in roles and role != UNAUTHENTICATED]
    told = joined(named)
    return told[:1].upper() + told[1:]


def deed(action: Action) -> str:
    """What calling an action does, as its name has it: `create a task`, `mark all (task)`."""
    words, thing = _words(action.name), " ".join(_words(action.resource))
    if len(words) > 1:
        return f"{' '.join(words)} ({thing})"
    return f"{words[0]} {'an' if thing[:1] in 'aeiou' else 'a'} {thing}"


def what_it_touches(app: App, action: Action) -> str:
    """A sentence about a function: `task:retrieve reads and lists Todo; writes nothing`."""
    uses = app.uses[action.identifier]
    parts = [_tables(app, uses)]
    if uses.actions:
        parts.append(f"calls {joined(uses.actions)}")
    parts += [f"may {joined(use.actions)} on {joined(use.resources)}" for use in uses.aws]
    if secrets := secrets_of(app, action):
        parts.append(f"may read the secret{'s' if len(secrets) > 1 else ''} {joined(secrets)}")
    return f"{action.resource}:{action.name} {'; '.join(parts)}"


def secrets_of(app: App, action: Action) -> list[str]:
    """The secret parameters that the action's function may read, by name."""
    return [parameter.name for parameter in app.microapp(action.microapp).parameters if parameter.secret and parameter.value is not None]


def joined(texts: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    told = list(texts)
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} {last} {told[-1]}" if told else "nothing"


def _tables(app: App, uses: Uses) -> str:
    if not uses.models:
        return "touches no table"
    owned = {model.name for model in app.models if model.own}
    told = []
    for name, verbs in sorted(uses.models.items()):
        whose = "its caller's own " if name in owned else ""
        told.append(f"{joined(word for verb, word in _DONE.items() if verb in verbs)} {whose}{name}")
    writes = any(verbs - _READS for verbs in uses.models.values())
    return joined(told) if writes else f"{joined(told)}; writes nothing"


def _refused(verdicts: Mapping[str, Verdict]) -> str:
    """Who is denied by a statement; nothing is said of those whom nothing grants it to."""
    places: dict[str, list[str]] = {}
    for role, verdict in verdicts.items():
        if not verdict.allowed and verdict.because is not None:
            places.setdefault(str(verdict.because), []).append(role)
    return "; ".join(f"denied to {joined(roles)} ({place})" for place, roles in places.items())


def _words(name: str) -> list[str]:
    """`deleteCompleted` -> `delete`, `completed`; `say-hello` -> `say`, `hello`."""
    return [word.lower() for word in _WORD.findall(name)] or [name]
