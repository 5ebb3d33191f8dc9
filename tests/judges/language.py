"""The rule language told in IAM's own words, so that somebody else's evaluator decides what our rules mean: wildcards, Deny, and what adds up.

An action is an object of a bucket, `arn:aws:s3:::rules/deep.todo:task:create`; the resource that a statement must cover as well is a tag of the
principal. Who may speak of an action at all (its own microapplication, the root, and anybody when it is exported) picks the statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deep.model import Action, App, Microapp, Statement
from tests.judges.judge import Case, Question

BUCKET = "arn:aws:s3:::rules"


def cases(app: App, role: str) -> Iterator[tuple[str, bool | Case]]:
    """For each lambda action what its rules, in IAM's words, must be asked; or the decision itself where rules have no say."""
    for action in (action for action in app.actions if action.type == "lambda"):
        statements = [_in_iams_words(statement) for statement in _statements(app, role, action)]
        if action.scope == "private" or not statements:
            yield action.identifier, action.authorization == "NONE" and action.scope != "private"
        elif action.authorization == "NONE":
            yield action.identifier, True
        else:
            context = {"aws:PrincipalTag/resource": [f"{action.microapp}:{action.resource}"]}
            question = Question("s3:GetObject", f"{BUCKET}/{action.identifier}", context)
            yield action.identifier, Case({"Version": "2012-10-17", "Statement": statements}, [question])


def _statements(app: App, role: str, action: Action) -> Iterator[Statement]:
    """A group's members are authenticated too."""
    roles = {role} if role in ("unauthenticated", "authenticated") else {role, "authenticated"}
    for microapp in app.microapps:
        if _may_speak_of(action, microapp, app.microapp(action.microapp)):
            yield from (statement for one in microapp.roles if one.name in roles for statement in one.statements)


def _may_speak_of(action: Action, microapp: Microapp, owner: Microapp) -> bool:
    return microapp.is_root or microapp.identifier == owner.identifier or f"{action.resource}:{action.name}" in owner.exports.actions


def _in_iams_words(statement: Statement) -> dict[str, Any]:
    return {
        "Effect": statement.effect,
        "Action": ["s3:GetObject"],
        "Resource": [f"{BUCKET}/{action}" for action in statement.actions],
        "Condition": {"StringLike": {"aws:PrincipalTag/resource": list(statement.resources)}},
    }
