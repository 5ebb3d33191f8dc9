"""The policies functions run under, and what they decide: compiled from the app once, each decision worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deep.local.door.recorder import Recorder, Recording
from deep.local.identity.vault import DataBearer, FunctionBearer
from deep.model import Action, App
from deep.names import CloudNames
from deep.security.evaluate import Access, Evaluation, evaluate
from deep.security.function_policy import OWNER_TAG, data_document, data_role, function_document
from deep.security.iam import Document, statement
from deep.security.needs import LEADING_KEYS, Tables

Worker = FunctionBearer | DataBearer
"""Who may pass the door: a function under its execution role, or under its data role on behalf of an identity."""

DEVELOPER = FunctionBearer("deepify")
"""Whoever holds the secret of the property's `.deep/` folder and signs with it: the account's owner, who may do everything."""

_EVERYTHING = Document((statement({"*"}, {"*"}),))
_NOTHING = Document()
_MOST_DECISIONS = 20_000
_TAG_KEY = f"aws:PrincipalTag/{OWNER_TAG}"
_ONE_TABLE = frozenset(("DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"))
"""Calls whose decision follows from the table and index they name, for a role without conditions."""


class Policies:
    """Decides for one state of the app. What is asked a second time costs a look-up."""

    def __init__(self, app: App, names: CloudNames, recorder: Recorder, home: CloudNames | None = None) -> None:
        """`names` are those that requests are for; `home` those that policies are compiled with, where they differ."""
        self.app = app
        self.names = names
        self._home = home or names
        self._recorder = recorder
        self.functions: Mapping[str, str] = _functions(app, names)
        """Identifiers by every name a function goes by in Lambda's API: its name, its ARN, and DEEP's own identifier."""
        self._actions: Mapping[str, Action] = {action.identifier: action for action in app.actions if action.type == "lambda"}
        self._tables = Tables(
            names.table_arn("x").rpartition("/")[0] + "/",
            {names.table(model.name, own=model.own): "Owner" if model.own else "Id" for model in app.models},
        )
        self._documents: dict[tuple[type[Worker], str], Document] = {}
        self._decisions: dict[tuple[Worker, str, str, tuple[str, ...]], Evaluation] = {}
        self._allowed_calls: set[tuple[Worker, str, str, str]] = set()

    def elsewhere(self, region: str) -> Policies:
        """The same policies for a call to another region, where the app has nothing."""
        names = self.names
        return Policies(self.app, CloudNames(names.env, names.hash, names.account_id, region, names.partition), self._recorder, home=self._home)

    def action(self, worker: Worker) -> Action | None:
        """The action whose function this is; None for the developer, and for a function that the app no longer has."""
        return self._actions.get(worker.action)

    def document(self, worker: Worker) -> Document:
        """The policy of the role that the worker acts in."""
        key = (type(worker), worker.action)
        found = self._documents.get(key)
        if found is None:
            found = self._documents[key] = self._compiled(worker)
        return found

    def role_arn(self, worker: Worker) -> str:
        return self.names.role_arn(self._role(worker))

    def principal_arn(self, worker: Worker) -> str:
        """How AWS names the worker in its refusals: `arn:aws:sts::<account>:assumed-role/<role>/<session>`."""
        if worker == DEVELOPER:
            return f"arn:{self.names.partition}:iam::{self.names.account_id}:root"
        session = self.names.function(worker.action) if isinstance(worker, FunctionBearer) else worker.identity_id.replace(":", ".")
        return f"arn:{self.names.partition}:sts::{self.names.account_id}:assumed-role/{self.names.role(self._role(worker))}/{session}"

    def refused_table_access(self, worker: Worker, operation: str, request: Mapping[str, Any]) -> tuple[Access, Evaluation] | None:
        """The first access of a DynamoDB call that is not allowed; None when all are."""
        call = (worker, operation, str(request.get("TableName")), str(request.get("IndexName")))
        if call in self._allowed_calls:
            return None
        for access in self._tables.accesses(operation, request):
            evaluation = self.decide(worker, access)
            if not evaluation.allowed:
                return access, evaluation
        if isinstance(worker, FunctionBearer) and operation in _ONE_TABLE and len(self._allowed_calls) < _MOST_DECISIONS:
            self._allowed_calls.add(call)
        return None

    def decide(self, worker: Worker, access: Access) -> Evaluation:
        """Whether the worker's role allows the access; recorded the first time."""
        keys = access.context.get(LEADING_KEYS, ()) if isinstance(worker, DataBearer) else ()
        question = (worker, access.action, access.resource, keys)
        known = self._decisions.get(question)
        if known is None:
            known = self._evaluated(worker, access)
            if len(self._decisions) >= _MOST_DECISIONS:
                self._decisions.clear()
            self._decisions[question] = known
        return known

    def _evaluated(self, worker: Worker, access: Access) -> Evaluation:
        tags = {_TAG_KEY: (worker.identity_id,)} if isinstance(worker, DataBearer) else {}
        complete = Access(access.action, access.resource, {**access.context, **tags})
        evaluation = evaluate(self.document(worker), complete)
        if worker != DEVELOPER:
            self._recorder.note(Recording(worker.action, isinstance(worker, DataBearer), complete, evaluation.allowed))
        return evaluation

    def _compiled(self, worker: Worker) -> Document:
        if worker == DEVELOPER:
            return _EVERYTHING
        action = self.action(worker)
        if action is None:
            return _NOTHING
        if isinstance(worker, DataBearer):
            return data_document(self.app, action, self._home) or _NOTHING
        return function_document(self.app, action, self._home)

    def _role(self, worker: Worker) -> str:
        action = self.action(worker)
        return data_role(action) if isinstance(worker, DataBearer) and action is not None else worker.action


def _functions(app: App, names: CloudNames) -> dict[str, str]:
    identifiers = [action.identifier for action in app.actions if action.type == "lambda"]
    return {name: known for known in identifiers for name in _spelled(known, names)}


def _spelled(identifier: str, names: CloudNames) -> tuple[str, ...]:
    """All that an author's code may call the function by."""
    return (identifier, names.function(identifier), names.function_arn(identifier), names.entry(identifier), names.entry_arn(identifier))
