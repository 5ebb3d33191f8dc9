"""What microapplications may use of each other: nothing but what they export. Roles, calls and shared models are held to it.

The root is the property's own voice: its roles may speak of every action.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from deep.errors import Place
from deep.frozen import dataclass
from deep.model.action import Action
from deep.model.app import Microapp
from deep.model.data import Role, Statement
from deep.model.nearest import did_you_mean
from deep.model.reading import Reading


def is_shared(action: Action, microapp: Microapp, owner: Microapp) -> bool:
    """Whether `microapp` may call and grant `action`, which belongs to `owner`."""
    return microapp.is_root or owner.identifier == microapp.identifier or f"{action.resource}:{action.name}" in owner.exports.actions


def matches(pattern: str, text: str) -> bool:
    """Whether a name of a role's statement means `text`: `*` alone is a wildcard; fnmatch's other signs are not."""
    return fnmatchcase(text, re.sub(r"([\[\]?])", r"[\1]", pattern)) if "*" in pattern else text == pattern


def check_sharing(reading: Reading, microapps: Sequence[Microapp], unknown: frozenset[str]) -> None:
    """Notes what is used and not exported. `unknown` are microapplications whose actions are not known now."""
    checker = _Checker(reading, {microapp.identifier: microapp for microapp in microapps}, unknown)
    for microapp in microapps:
        checker.exports(microapp)
        for role in microapp.roles:
            for number, statement in enumerate(role.statements):
                checker.statement(microapp, role, (number, statement))
        for action in microapp.actions:
            checker.calls(microapp, action)
    _check_models(reading, microapps)


@dataclass(frozen=True, slots=True)
class _Checker:
    reading: Reading
    microapps: Mapping[str, Microapp]
    unknown: frozenset[str]

    @property
    def actions(self) -> dict[str, Action]:
        return {action.identifier: action for microapp in self.microapps.values() for action in microapp.actions}

    def exports(self, microapp: Microapp) -> None:
        own = {f"{action.resource}:{action.name}" for action in microapp.actions}
        for kind, exported, known in (
            ("actions", microapp.exports.actions, own),
            ("models", microapp.exports.models, {model.name for model in microapp.models} | {path.stem for path in self.reading.unread}),
        ):
            for name in sorted(exported - known if microapp.identifier not in self.unknown or kind == "models" else ()):
                place = self.reading.place(microapp.place.file, ("exports", kind))
                self.reading.tell("unknown-export", f'"{name}" is exported and not declared', place, did_you_mean(name, sorted(known), "there are"))

    def statement(self, microapp: Microapp, role: Role, numbered: tuple[int, Statement]) -> None:
        number, statement = numbered
        for position, wanted in enumerate(statement.actions):
            if wanted.count(":") != 2 or wanted.partition(":")[0] in self.unknown:
                continue
            place = self.reading.place(role.place.file, ("Statement", number, "Action", position))
            found = [action for identifier, action in self.actions.items() if matches(wanted, identifier)]
            if not found:
                help_ = did_you_mean(wanted, self.actions, "actions are")
                self.reading.tell("unknown-action", f'there is no action "{wanted}"', place, help_)
            elif not any(matches(covering, wanted.rpartition(":")[0]) for covering in statement.resources):
                message = f'"{wanted}" is not an action of {" or ".join(statement.resources)}'
                self.reading.tell("resource-mismatch", message, place, f'add "{wanted.rpartition(":")[0]}" to Resource')
            else:
                self._check_reach(microapp, statement, (wanted, place), found)

    def _check_reach(self, microapp: Microapp, statement: Statement, told: tuple[str, Place], found: Sequence[Action]) -> None:
        """A name that reaches nothing it may reach; wildcards simply do not reach what is not theirs."""
        wanted, place = told
        shared = [action for action in found if is_shared(action, microapp, self.microapps[action.microapp])]
        if not shared:
            self._tell_of_export(found[0], place, f"{microapp.identifier} may not speak of it")
        elif all(action.scope == "private" for action in shared):
            help_ = "remove it here, or give the action another scope"
            self.reading.tell("private-action", f'"{wanted}" is private: only functions and its own schedule call it', place, help_)
        elif statement.effect == "Deny" and "*" not in wanted and shared[0].authorization == "NONE":
            help_ = 'remove it here, or the action\'s "authorization": "NONE"'
            self.reading.tell("deny-of-open", f'"{wanted}" asks nobody who they are, so nobody can be refused', place, help_)

    def calls(self, microapp: Microapp, action: Action) -> None:
        declared = action.declared_uses
        way = (action.resource, action.name, "uses", "actions")
        named = (
            [(reference, self.reading.place(action.place.file, (*way, position))) for position, reference in enumerate(declared.actions)]
            if declared
            else [(reference.removeprefix("@"), place) for reference, place in action.code.actions]
        )
        for reference, place in named:
            if reference.partition(":")[0] in self.unknown:
                continue
            callee = self.actions.get(reference)
            if callee is None:
                message = f'{action.identifier} calls "{reference}", which is no action'
                self.reading.tell("unknown-action", message, place, did_you_mean(reference, self.actions, "actions are"))
            elif not is_shared(callee, microapp, self.microapps[callee.microapp]):
                self._tell_of_export(callee, place, f"{microapp.identifier} may not call it")

    def _tell_of_export(self, action: Action, place: Place, what: str) -> None:
        owner = self.microapps[action.microapp]
        help_ = f'add "{action.resource}:{action.name}" to "exports": {{"actions": [...]}} of {owner.place.file}'
        self.reading.tell("not-exported", f"{action.identifier} is not exported, so {what}", place, help_)


def _check_models(reading: Reading, microapps: Sequence[Microapp]) -> None:
    """A model of the same name is the same table: whoever declared it first must have meant that."""
    declaring: dict[str, list[Microapp]] = {}
    for microapp in microapps:
        for model in microapp.models:
            declaring.setdefault(model.name, []).append(microapp)
    for name, owners in declaring.items():
        if len(owners) > 1 and not any(name in owner.exports.models for owner in owners):
            first, other = owners[0], owners[1]
            model = next(model for model in other.models if model.name == name)
            message = f'"{name}" is a model of {first.identifier} too, and neither exports it; they would share one table'
            help_ = f'rename one, or add "{name}" to "exports": {{"models": [...]}} of the one that owns it'
            reading.tell("not-exported", message, model.place, help_)
