"""What is asked of a property without touching it: its model, its API, who may do what, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deep.wiring.projects import app_of

if TYPE_CHECKING:
    from deep.cost.asking import Answer, Question
    from deep.errors import Problem
    from deep.model import App
    from deep.names import CloudNames
    from deep.security.explain import Explanation
    from deep.security.overview import Overview
    from deep.security.proof import Proof
    from deep.wiring import Progress


def inspect(project: Path) -> tuple[dict[str, Any], Sequence[Problem]]:
    """The whole model as JSON values, and what is doubtful about it."""
    from deep.bundle.leaks import secrets_of
    from deep.model import app_as_json

    app = app_of(project)
    return app_as_json(app), (*app.warnings, *secrets_of(app))


def openapi(project: Path) -> dict[str, Any]:
    """The API as an OpenAPI document."""
    from deep.bundle.openapi import openapi_document

    return openapi_document(app_of(project))


def policy(project: Path) -> Overview:
    """Who may do what in the property or microapplication at `project`."""
    from deep.security.grants import grants_of
    from deep.security.overview import Overview

    app = app_of(project)
    return Overview(app, grants_of(app))


def explain_policy(project: Path, action: str, role: str) -> Explanation:
    """Why `role` may or may not call `action`. Raises UsageError for an unknown role, DeepError for an unknown action."""
    from deep.security.explain import check_role, explain
    from deep.security.grants import grants_of

    app = app_of(project)
    grants = grants_of(app)
    check_role(grants, role)
    return explain(app, grants, role, action)


def explain_function(project: Path, iam_action: str, function: str) -> Explanation:
    """Whether the function of the action `function` may do `iam_action`, such as `dynamodb:PutItem`, and by which use."""
    from deep.security.explain import explain_function as explain

    app = app_of(project)
    return explain(app, _names_of(app), function, iam_action)


def price(project: Path, question: Question) -> Answer:
    """What the property costs a month, by today's book of prices. Raises UsageError and ProjectError for a load that is none."""
    from datetime import UTC, datetime

    from deep.cost.asking import answer

    return answer(app_of(project), question, datetime.now(UTC).date())


def prove_policy(project: Path, command: Sequence[str], progress: Progress) -> Proof:
    """Runs the app's tests and takes every part of its functions' policies away in turn. Raises DeepError when nothing can be proved."""
    from deep.local.proving import gather
    from deep.security.proof import prove

    app = app_of(project)
    return prove(app, _names_of(app), gather(app, command, progress))


def _names_of(app: App) -> CloudNames:
    """The names that local runs give to tables and functions: those of the property's own environment."""
    from deep.names import CloudNames, app_hash

    own = app.property
    return CloudNames(own.env, app_hash(own.account_id, own.app_identifier), own.account_id, own.region)
