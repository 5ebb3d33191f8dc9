"""Proves that nothing is granted which nothing needs: what was recorded while an app's tests ran is replayed on ever smaller documents.

Each statement, action and resource is taken away in turn. What can be taken away without an access being refused that was allowed before was not
needed; it is told with the use in `resources.json` that brings it, for that is what its author can remove.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deep.errors import Place
from deep.frozen import dataclass
from deep.model import Action, App, Uses
from deep.names import CloudNames
from deep.security.evaluate import Access, evaluate
from deep.security.function_policy import data_document, function_document
from deep.security.grants import grants_of
from deep.security.iam import Document, Statement
from deep.security.words import joined

Pair = tuple[str, str]
"""An IAM action, on an ARN."""
NOT_CALLED_LOCALLY = ("logs:", "ssm:")
"""Log streams are written by Lambda itself, and a microapplication's secrets are granted to all its functions: neither is a use to remove."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was recorded: the accesses that each function needed in its own role and in its data role, and who called what.

    `own` and `data` map an action's identifier to allowed accesses; `calls` holds (role, action identifier).
    """

    own: Mapping[str, Sequence[Access]]
    data: Mapping[str, Sequence[Access]]
    calls: frozenset[tuple[str, str]]

    def accesses(self, action: str) -> int:
        return len(self.own.get(action, ())) + len(self.data.get(action, ()))


@dataclass(frozen=True, slots=True)
class Unneeded:
    """Something of a function's policy that nothing needed. `part` is in plain words, `help` says how to be rid of it, or of the doubt."""

    function: str
    part: str
    help: str
    place: Place

    def __str__(self) -> str:
        return f"nothing needed {self.part} of {self.function}: {self.help} ({self.place})"

    def as_json(self) -> dict[str, Any]:
        return {"function": self.function, "part": self.part, "help": self.help, "place": str(self.place)}


@dataclass(frozen=True, slots=True)
class Proof:
    """`checked` counts the parts that were taken away, `accesses` those replayed; `unexercised` are grants (role, action) that no test used."""

    unneeded: tuple[Unneeded, ...]
    unexercised: tuple[tuple[str, str], ...]
    functions: int
    checked: int
    accesses: int

    def as_text(self) -> str:
        told = [str(one) for one in self.unneeded]
        told += [f"no test calls {joined(actions)} as {role}" for role, actions in self._unexercised().items()]
        done = f"{self.checked} parts of {self.functions} functions were taken away in turn, and {self.accesses} recorded accesses replayed"
        return "\n".join([*told, f"{done}: {f'{len(self.unneeded)} not needed' if self.unneeded else 'every part was needed'}"])

    def as_json(self) -> dict[str, Any]:
        return {
            "unneeded": [one.as_json() for one in self.unneeded],
            "unexercised": [{"role": role, "action": action} for role, action in self.unexercised],
            "functions": self.functions,
            "checked": self.checked,
            "accesses": self.accesses,
        }

    def _unexercised(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for role, action in self.unexercised:
            found.setdefault(role, []).append(action)
        return found


@dataclass(frozen=True, slots=True)
class _Role:
    """One of a function's two roles: its document and what must go on being allowed."""

    document: Document
    accesses: Sequence[Access]

    def suffices(self, document: Document) -> bool:
        return all(evaluate(document, access).allowed for access in self.accesses)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a document that was taken away: what it granted, and what is left without it."""

    pairs: frozenset[Pair]
    left: Document


def prove(app: App, names: CloudNames, evidence: Evidence) -> Proof:
    """Takes every part of every function's policy away in turn. `names` are those that the accesses were recorded with."""
    prover = _Prover(app, names, evidence)
    functions = [action for action in app.actions if action.type == "lambda"]
    unneeded = [found for action in functions for found in prover.unneeded(action)]
    unexercised = tuple(grant for grant in _grants(app) if grant not in evidence.calls)
    accesses = sum(evidence.accesses(action.identifier) for action in functions)
    return Proof(tuple(unneeded), unexercised, len(functions), prover.checked, accesses)


def _grants(app: App) -> Iterator[tuple[str, str]]:
    """What roles were granted; an action that asks nobody who they are was granted to no role."""
    grants = grants_of(app)
    asked = {action.identifier for action in app.actions if action.type == "lambda" and action.authorization != "NONE"}
    return ((role, action) for role in grants.roles for action in grants.allowed(role) if action in asked)


class _Prover:
    def __init__(self, app: App, names: CloudNames, evidence: Evidence) -> None:
        self.app = app
        self.names = names
        self.evidence = evidence
        self.checked = 0

    def unneeded(self, action: Action) -> Iterator[Unneeded]:
        uses, roles = self.app.uses[action.identifier], self._roles(self.app, action)
        granted = _pairs(roles)
        if granted and not any(role.accesses for role in roles):
            yield Unneeded(action.identifier, "anything", "write a test that calls it, or remove its uses", uses.place)
            return
        explained: set[Pair] = set()
        for told, fewer in _without_one(uses):
            smaller = self._roles(replace(self.app, uses={**self.app.uses, action.identifier: fewer}), action)
            gone = granted - _pairs(smaller)
            self.checked += 1
            if gone - explained and self._suffice(roles, smaller):
                explained |= gone
                yield Unneeded(action.identifier, _told(gone), f"remove {told} from its uses", uses.place)
        yield from self._left(action, roles, explained)

    def _left(self, action: Action, roles: Sequence[_Role], explained: set[Pair]) -> Iterator[Unneeded]:
        """What nothing needed, and no use can be removed for: it comes with something that was needed."""
        seen = set(explained)
        for role in roles:
            for part in _parts(role.document):
                self.checked += 1
                fresh = part.pairs - seen
                if fresh and role.suffices(part.left):
                    seen |= part.pairs
                    help_ = "no use can be removed for this alone; write a test that needs it"
                    yield Unneeded(action.identifier, _told(fresh), help_, self.app.uses[action.identifier].place)

    def _roles(self, app: App, action: Action) -> list[_Role]:
        """The function's own role, then its data role; a document that is gone allows nothing."""
        evidence, identifier = self.evidence, action.identifier
        own, data = function_document(app, action, self.names), data_document(app, action, self.names) or Document()
        return [_role(own, evidence.own.get(identifier, ())), _role(data, evidence.data.get(identifier, ()))]

    def _suffice(self, roles: Sequence[_Role], smaller: Sequence[_Role]) -> bool:
        return all(role.suffices(one.document) for role, one in zip(roles, smaller, strict=True))


def _role(document: Document, accesses: Sequence[Access]) -> _Role:
    """With what the document allows of what was recorded: the app may have changed since."""
    return _Role(document, [access for access in accesses if evaluate(document, access).allowed])


def _without_one(uses: Uses) -> Iterator[tuple[str, Uses]]:
    """The uses with each of their parts removed in turn, and what was removed in the author's words."""
    for model, verbs in sorted(uses.models.items()):
        for verb in sorted(verbs):
            others = {name: left for name, left in {**uses.models, model: verbs - {verb}}.items() if left}
            yield f'"{verb}" of "{model}"', replace(uses, models=others)
    for called in uses.actions:
        yield f'"{called}"', replace(uses, actions=tuple(one for one in uses.actions if one != called))
    for place, use in enumerate(uses.aws):
        before, after = uses.aws[:place], uses.aws[place + 1 :]
        yield f"{joined(use.actions)} on {joined(use.resources)}", replace(uses, aws=(*before, *after))
        for value in use.actions if len(use.actions) > 1 else ():
            fewer = replace(use, actions=tuple(one for one in use.actions if one != value))
            yield f'"{value}"', replace(uses, aws=(*before, fewer, *after))
        for value in use.resources if len(use.resources) > 1 else ():
            fewer = replace(use, resources=tuple(one for one in use.resources if one != value))
            yield f'"{value}"', replace(uses, aws=(*before, fewer, *after))


def _parts(document: Document) -> Iterator[_Part]:
    """Every statement, then each of its actions, then each of its resources."""
    for place, statement in enumerate(document.statements):
        if statement.actions[0].startswith(NOT_CALLED_LOCALLY):
            continue
        for left in _smaller(statement):
            statements = (*document.statements[:place], *((left,) if left else ()), *document.statements[place + 1 :])
            yield _Part(_granted(statement) - (_granted(left) if left else frozenset()), Document(statements))


def _smaller(statement: Statement) -> Iterator[Statement | None]:
    yield None
    for action in statement.actions if len(statement.actions) > 1 else ():
        yield replace(statement, actions=tuple(one for one in statement.actions if one != action))
    arns = [arn for arn in statement.resources if arn.removesuffix(":*") not in statement.resources or not arn.endswith(":*")]
    for arn in arns if len(arns) > 1 else ():  # a function goes with its versions and aliases
        yield replace(statement, resources=tuple(one for one in statement.resources if one.removesuffix(":*") != arn))


def _pairs(roles: Sequence[_Role]) -> frozenset[Pair]:
    return frozenset(pair for role in roles for statement in role.document.statements for pair in _granted(statement))


def _granted(statement: Statement) -> frozenset[Pair]:
    if statement.actions[0].startswith(NOT_CALLED_LOCALLY):
        return frozenset()
    return frozenset((action, resource) for action in statement.actions for resource in statement.resources)


def _told(pairs: frozenset[Pair] | set[Pair]) -> str:
    """`dynamodb:DeleteItem on DeepDevTodo1234abcd`: ARNs by their ends, which are the names that people know."""
    actions = sorted({action for action, _ in pairs})
    ends = sorted({resource.partition("/")[2] or resource.rpartition(":")[2] for _, resource in pairs if not resource.endswith(":*")})
    return f"{joined(actions)} on {joined(ends)}" if ends else joined(actions)
