"""Every decision of an app by each of its artefacts, ready to be compared: what the gateway does, what the browser shows, what AWS enforces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deep.model import Action, App
from deep.names import CloudNames, app_hash
from deep.security.acl import acl_of
from deep.security.grants import grants_of
from deep.security.guard import guard_of
from deep.security.iam import Document
from deep.security.identity_policy import identity_document, route_methods
from tests.fakes.apps import only_api
from tests.judges.judge import Case, Question

API = "a1b2c3d4e5"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}]}
"""Stands for no policy at all, which IAM has no form for."""
INVOKE = "invoke"
"""The way around the API: the function itself, with the caller's credentials."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One decision: may `role` reach `action` this way? `way` is `INVOKE`, or a method of the action's route."""

    role: str
    action: str
    way: str


Decisions = dict[Cell, bool]


def names_of(app: App) -> CloudNames:
    own = app.property
    return CloudNames(own.env, app_hash(own.account_id, own.app_identifier), own.account_id, own.region)


def as_iam_json(document: Document) -> dict[str, Any]:
    return document.as_json() if document.statements else NOTHING


class Matrix:
    """The decisions of one app: its roles, by its functions, by every way that leads to them."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.grants = grants_of(app)
        self.names = names_of(app)
        self.actions = {action.identifier: action for action in app.actions if action.type == "lambda"}
        self.cells = [
            Cell(role, action.identifier, way)
            for role in self.grants.roles
            for action in self.actions.values()
            for way in (INVOKE, *route_methods(action))
        ]

    def decided(self) -> Decisions:
        """By the one decision function. Scope says which ways there are: `public` all of them, `protected` the route, `private` none."""
        return {cell: self.grants.decide(cell.role, cell.action).allowed and self._is_way(cell) for cell in self.cells}

    def guarded(self) -> Decisions:
        """By the gateway's guard, which stands before routes and direct calls alike."""
        guard = guard_of(self.app, self.grants)
        return {cell: cell.role in guard[cell.action] and self._is_way(cell) for cell in self.cells}

    def shown(self, allowed: Sequence[bool]) -> Decisions:
        """By the browser's function, given what it answered to `asked_of_browser`."""
        by_browser = dict(zip(((cell.role, cell.action) for cell in self.cells), allowed, strict=False))
        return {cell: by_browser[cell.role, cell.action] and self._is_way(cell) for cell in self.cells}

    def asked_of_browser(self) -> dict[str, Any]:
        """The part of the browser's configuration that it decides by, and every question."""
        return {
            "roles": list(self.grants.roles),
            "acl": acl_of(self.grants),
            "actions": sorted(action.identifier for action in self.app.actions),
            "questions": [[cell.role, cell.action] for cell in self.cells],
        }

    def case(self, role: str) -> Case:
        """What a judge of IAM is asked about a role's document: each function, each route."""
        document = identity_document(self.app, self.grants, role, self.names, only_api(API))
        return Case(as_iam_json(document), [self._question(cell) for cell in self.cells if cell.role == role])

    def cases(self) -> list[Case]:
        return [self.case(role) for role in self.grants.roles] if self.cells else []

    def judged(self, answers: Sequence[Sequence[bool]]) -> Decisions:
        """By a judge of IAM, given what it answered to `cases`; cells stand role by role, as the cases do."""
        return dict(zip(self.cells, (one for answer in answers for one in answer), strict=True))

    def _question(self, cell: Cell) -> Question:
        if cell.way == INVOKE:
            return Question("lambda:InvokeFunction", self.names.function_arn(cell.action))
        return Question("execute-api:Invoke", self.names.invoke_arn(API, cell.way, self._action(cell).path))

    def _is_way(self, cell: Cell) -> bool:
        action = self._action(cell)
        if cell.way == INVOKE:
            return action.scope == "public" and not action.key_required  # a direct call carries no key
        return action.scope in ("public", "protected")

    def _action(self, cell: Cell) -> Action:
        return self.actions[cell.action]
