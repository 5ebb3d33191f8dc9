"""A denial, told to the author: what was denied, by which rule, and the very line that would allow it.

The line is found by trial: of the uses an author can declare, the first is told with which the compiled policy allows the access. So advice cannot
differ from what the compiler does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from deep.errors import Problem
from deep.frozen import dataclass
from deep.local.door.policies import Policies, Worker
from deep.local.identity.vault import DataBearer
from deep.model import Action, AwsUse, Model, Uses, Verb
from deep.security.evaluate import Access, Evaluation, evaluate
from deep.security.function_policy import data_document, function_document

DOCUMENTED = "docs/guide/permissions.md"


@dataclass(frozen=True, slots=True)
class Denial:
    """An access that was not allowed, and to whom."""

    worker: Worker
    access: Access
    evaluation: Evaluation

    @property
    def line(self) -> str:
        """In a few words, for the log of the function."""
        return f"denied: {self.access.action} on {self.access.resource}"


def problem_of(denial: Denial, policies: Policies) -> Problem:
    """The denial with its place and its remedy."""
    worker, access = denial.worker, denial.access
    action = policies.action(worker)
    message = f"{worker.action} may not {access.action} on {access.resource}"
    if action is None:
        return Problem("access-denied", f"{message}: the app has no such function any more")
    why = f"{message}: {_reason(denial, action)}"
    return Problem("access-denied", why, place=policies.app.uses[action.identifier].place, help=_help(denial, action, policies))


def _reason(denial: Denial, action: Action) -> str:
    if denial.evaluation.statement is not None:
        return f"its policy denies it ({json.dumps(denial.evaluation.statement.as_json())})"
    if isinstance(denial.worker, DataBearer) and "dynamodb:LeadingKeys" in denial.access.context:
        return "as its data role it reaches the items of the identity that called it, and no others"
    if action.declared_uses is None:
        return "it declares no uses, and none of that kind was found in its code"
    return "its uses do not declare it"


def _help(denial: Denial, action: Action, policies: Policies) -> str:
    table = _table_of(denial.access, policies)
    if table is not None and table.own:
        reach = f'kernel.get("db").get("{table.name}")'
        return f"items of {table.name} belong to their users: reach them by {reach}, as whom the function is called for ({DOCUMENTED})"
    for uses in _candidates(denial.access, table, policies.app.uses[action.identifier], policies):
        if _allows(uses, denial, action, policies):
            where = "change" if action.declared_uses is not None else "add"
            return f'{where} this line of the action {action.resource}:{action.name} in resources.json:  "uses": {json.dumps(_declared(uses))}'
    return f"no use that can be declared allows it ({DOCUMENTED})"


def _candidates(access: Access, table: Model | None, uses: Uses, policies: Policies) -> Iterator[Uses]:
    """The uses with one more, the narrowest first."""
    if table is not None:
        for verb in get_args(Verb):
            known = uses.models.get(table.name, frozenset())
            yield replace(uses, models={**uses.models, table.name: known | {verb}})
    if access.action == "lambda:InvokeFunction":
        for name, identifier in policies.functions.items():
            if name == access.resource:
                yield replace(uses, actions=tuple(sorted({*uses.actions, identifier})))
    yield replace(uses, aws=(*uses.aws, AwsUse((access.action,), (access.resource,), uses.place)))


def _allows(uses: Uses, denial: Denial, action: Action, policies: Policies) -> bool:
    app = replace(policies.app, uses={**policies.app.uses, action.identifier: uses})
    compiled = (data_document if isinstance(denial.worker, DataBearer) else function_document)(app, action, policies.names)
    return compiled is not None and evaluate(compiled, denial.access).allowed


def _table_of(access: Access, policies: Policies) -> Model | None:
    """The model whose table, or index of it, the access is for."""
    arn = access.resource.partition("/index/")[0]
    return next((model for model in policies.app.models if policies.names.table_arn(model.name, own=model.own) == arn), None)


def _declared(uses: Uses) -> dict[str, Any]:
    """Uses as `resources.json` writes them, without what is empty."""
    order = get_args(Verb)
    declared = {
        "models": {name: sorted(verbs, key=order.index) for name, verbs in uses.models.items()},
        "actions": list(uses.actions),
        "aws": [_statement(use) for use in uses.aws],
    }
    return {name: value for name, value in declared.items() if value}


def _statement(use: AwsUse) -> dict[str, Any]:
    told: dict[str, Any] = {"Action": list(use.actions), "Resource": list(use.resources)}
    is_wide = "*" in use.resources or any("*" in action for action in use.actions)
    return {**told, "wide": True} if is_wide else told
