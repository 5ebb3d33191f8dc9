"""All that an app's rules say, to be read: a table, data, and plain words. What `deepify policy` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deep.frozen import dataclass
from deep.model import Action, App
from deep.security.grants import Grants, Verdict
from deep.security.words import secrets_of, what_it_touches, who_may


@dataclass(frozen=True, slots=True)
class Overview:
    """An app and its decisions, for the screen."""

    app: App
    grants: Grants

    def as_text(self) -> str:
        """The table of roles by actions, then a paragraph for each microapplication in words."""
        return "\n\n".join(["\n".join(self._table()), *("\n".join(self._paragraph(actions)) for actions in self._by_microapp())])

    def as_json(self) -> dict[str, Any]:
        return {
            "roles": list(self.grants.roles),
            "actions": [self._action_json(action) for action in self.app.actions],
            "functions": [self._function_json(action) for action in self.app.actions if action.type == "lambda"],
        }

    def _table(self) -> Iterator[str]:
        if not self.app.actions:
            yield "no actions"
            return
        width = max(len(action.identifier) for action in self.app.actions)
        yield "  ".join(["action".ljust(width), *self.grants.roles]).rstrip()
        for action in self.app.actions:
            cells = [_cell(self.grants.decide(role, action.identifier)).ljust(len(role)) for role in self.grants.roles]
            yield "  ".join([action.identifier.ljust(width), *cells]).rstrip()

    def _by_microapp(self) -> Iterator[tuple[Action, ...]]:
        return (microapp.actions for microapp in self.app.microapps if microapp.actions)

    def _paragraph(self, actions: tuple[Action, ...]) -> Iterator[str]:
        yield actions[0].microapp
        yield from (f"  {who_may(action, self.grants)}" for action in actions)
        yield from (f"  {what_it_touches(self.app, action)}" for action in actions if action.type == "lambda")

    def _action_json(self, action: Action) -> dict[str, Any]:
        verdicts = {role: self.grants.decide(role, action.identifier) for role in self.grants.roles}
        return {
            "identifier": action.identifier,
            "scope": action.scope,
            "authorization": action.authorization,
            "roles": {role: {"allowed": verdict.allowed, "because": _place(verdict)} for role, verdict in verdicts.items()},
            "words": who_may(action, self.grants),
        }

    def _function_json(self, action: Action) -> dict[str, Any]:
        uses = self.app.uses[action.identifier]
        return {
            "identifier": action.identifier,
            "models": {name: sorted(verbs) for name, verbs in sorted(uses.models.items())},
            "actions": list(uses.actions),
            "aws": [{"Action": list(use.actions), "Resource": list(use.resources)} for use in uses.aws],
            "secrets": secrets_of(self.app, action),
            "place": str(uses.place),
            "words": what_it_touches(self.app, action),
        }


def _cell(verdict: Verdict) -> str:
    return "yes" if verdict.allowed else "-" if verdict.because is None else "denied"


def _place(verdict: Verdict) -> str | None:
    return str(verdict.because) if verdict.because else None
